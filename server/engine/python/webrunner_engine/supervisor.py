"""Talking to a node's supervisord on its unix socket; only the standard library, so that asking is quick."""

import http.client
import socket
import xmlrpc.client


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=5)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class _UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path):
        super().__init__()
        self._path = path

    def make_connection(self, host):
        return _UnixConnection(self._path)


def supervisor(path):
    return xmlrpc.client.ServerProxy("http://localhost", _UnixTransport(path)).supervisor


def supervisord_pid(path):
    """Its process id, or None when nobody answers."""
    try:
        return supervisor(path).getPID()
    except (OSError, http.client.HTTPException, xmlrpc.client.Error):
        return None


def processes(path):
    """All programs but slapgrid's watchdog (which is of no use outside of a system-wide node), or None."""
    try:
        return [info for info in supervisor(path).getAllProcessInfo() if info["group"] != "watchdog"]
    except (OSError, http.client.HTTPException, xmlrpc.client.Error):
        return None
