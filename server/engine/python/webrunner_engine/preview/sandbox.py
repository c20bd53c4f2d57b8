"""Confines this process, for good: what recipes do while a file is previewed changes nothing but a scratch directory.

Two fences. The kernel's (Landlock, where it is there): no write, no TCP connection but to the node's proxy, also for
programs that are started. Python's own (an audit hook): the same, with an error that says what was refused. Without the
kernel's fence no program may be started.
"""

import ctypes
import os
import resource
import struct
import sys

CPU_SECONDS = 60
MEMORY_BYTES = 4 << 30
FILE_BYTES = 256 << 20

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH, _NET_PORT = 1, 2
_NO_NEW_PRIVILEGES = 38
# Everything that changes a file system, by the version of Landlock that knows it: bits 1 and 4 to 12, then refer, truncate.
_WRITES = (1 << 1) | sum(1 << bit for bit in range(4, 13))
_ADDED = {2: 1 << 13, 3: 1 << 14}
_CONNECT_TCP = 1 << 1
# Abstract unix sockets and signals stay inside.
_SCOPED = 3

_CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.truncate", "os.chmod", "os.chown",
            "os.utime", "os.mknod", "os.mkfifo", "os.setxattr"}
_STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "pty.spawn"}


class Refused(PermissionError):
    """What a recipe wanted is not possible without a run."""


def confine(scratch, port):
    """`scratch` may be written, `port` of 127.0.0.1 may be connected to."""
    for kind, limit in ((resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_FSIZE, FILE_BYTES),
                        (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (limit, limit))
    sys.dont_write_bytecode = True
    scratch = os.path.realpath(scratch)
    fenced = _landlock(scratch, port)
    _audit(scratch, port, may_start=fenced)
    return fenced


def _landlock(scratch, port):
    """True when the kernel holds the fence."""
    libc = ctypes.CDLL(None, use_errno=True)

    def call(number, *arguments):
        return libc.syscall(ctypes.c_long(number), *arguments)

    version = call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version < 1:
        return False
    writes = _WRITES | sum(bit for since, bit in _ADDED.items() if version >= since)
    attributes = struct.pack("=Q", writes)
    if version >= 4:
        attributes += struct.pack("=Q", _CONNECT_TCP)
    if version >= 6:
        attributes += struct.pack("=Q", _SCOPED)
    ruleset = call(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    if ruleset < 0:
        return False
    opened = []
    try:
        for path, allowed in ((scratch, writes), ("/dev/null", writes & ((1 << 1) | (1 << 14)))):
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            opened.append(descriptor)
            rule = struct.pack("=Qi", allowed, descriptor)
            if call(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0)):
                return False
        if version >= 4:
            rule = struct.pack("=QQ", _CONNECT_TCP, port)
            if call(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_NET_PORT), rule, ctypes.c_uint32(0)):
                return False
        if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
            return False
        # Programs that are started are held by the kernel alone, so it must hold the network too.
        return call(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)) == 0 and version >= 4
    finally:
        os.close(ruleset)
        for descriptor in opened:
            os.close(descriptor)


def _audit(scratch, port, may_start):
    inside = os.path.join(scratch, "")
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    def is_inside(path):
        if isinstance(path, int):
            try:
                path = os.readlink("/proc/self/fd/%d" % path)
            except OSError:
                return False
        path = os.path.abspath(os.fsdecode(path))
        return path == scratch or path.startswith(inside) or path == "/dev/null"

    def refuse(what):
        raise Refused("%s: without a run that is not possible" % what)

    def hook(event, arguments):
        if event == "open":
            path, _mode, flags = arguments
            if isinstance(flags, int) and flags & writing and not isinstance(path, int) and path is not None and not is_inside(path):
                refuse("The recipe wants to write %s" % os.fsdecode(path))
        elif event in _CHANGES:
            # The first is the path, or the two of a move; what follows are modes, times and directories' descriptors.
            paths = arguments[:2] if event in ("os.rename", "os.link") else arguments[1:2] if event == "os.symlink" else arguments[:1]
            for path in paths:
                if not is_inside(path):
                    refuse("The recipe wants to change %s" % (path,))
        elif event in _STARTS and not may_start:
            refuse("The recipe wants to start a program")
        elif event == "socket.connect":
            address = arguments[1]
            if not (isinstance(address, tuple) and address[0] in ("127.0.0.1", "localhost") and address[1] == port):
                refuse("The recipe wants to connect to %s" % (address,))
        elif event in ("os.kill", "os.killpg"):
            refuse("The recipe wants to send a signal")

    sys.addaudithook(hook)
