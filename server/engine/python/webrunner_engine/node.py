"""A SlapOS node below one directory: its places, its configuration files, and the environment of its programs.

Invariant: everything that the node writes lies below `root`, whose length leaves room for the unix sockets in it.
"""

import getpass
import hashlib
import json
import os
import socket
import sys
import time

from webrunner_engine.report import RunFailed, SpecError
from webrunner_engine.spec import take, take_path

# A unix socket's path has at most 107 characters; supervisord makes `<root>/inst/sv.sock.<process id>`, and partitions
# put their own sockets deeper.
ROOT_LENGTH = 80

# How long a run waits for a proxy that was started just before it.
PROXY_SECONDS = 10

BIN = os.path.dirname(sys.executable)
SLAPOS = os.path.join(BIN, "slapos")

_SLAPOS_CFG = """\
[slapos]
software_root = {root}/soft
instance_root = {root}/inst
shared_part_list = {root}/shared
master_url = {url}
master_rest_url = {url}/hateoas
computer_id = {computer}
root_check = False
pidfile_software = {root}/var/run/software.pid
pidfile_instance = {root}/var/run/instance.pid
pidfile_report = {root}/var/run/report.pid

[slapproxy]
host = 127.0.0.1
port = {port}
database_uri = {root}/var/proxy.db

[slapformat]
input_definition_file = {root}/etc/slapformat-definition.cfg
partition_amount = {partitions}
alter_user = false
alter_network = false
create_tap = false
create_tun = false
computer_xml = {root}/etc/slapos.xml
"""


def write_if_changed(path, text):
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return False
    except FileNotFoundError:
        pass
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".new", path)
    return True


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def any_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Node:
    def __init__(self, spec):
        node = take(spec, "node", dict, required=True)
        self.root = take_path(node, "root")
        if len(os.fsencode(self.root)) > ROOT_LENGTH:
            raise SpecError("The engine's directory is too long for unix sockets: %d characters, at most %d are possible. "
                            "Move the data directory to a shorter path: %s"
                            % (len(os.fsencode(self.root)), ROOT_LENGTH, self.root))
        if "%" in self.root or "$" in self.root:
            raise SpecError("The engine's directory must not contain %% or $: %s" % self.root)
        self.computer = take(node, "computer", str, "local")
        self.ipv4 = take(node, "ipv4", str, "127.0.0.1")
        self.partitions = take(node, "partitions", int, 4)
        self.asked_port = take(node, "proxyPort", int, 0)
        if not 1 <= self.partitions <= 200:
            raise SpecError("partitions must be from 1 to 200")
        self.software_root = self.path("soft")
        self.instance_root = self.path("inst")
        self.database = self.path("var", "proxy.db")
        self.configuration = self.path("etc", "slapos.cfg")

    def path(self, *names):
        return os.path.join(self.root, *names)

    @property
    def supervisord_socket(self):
        return self.path("inst", "sv.sock")

    def remembered_port(self):
        try:
            with open(self.path("etc", "proxy-port"), encoding="ascii") as file:
                return int(file.read())
        except (FileNotFoundError, ValueError):
            return None

    def port(self):
        port = self.asked_port or self.remembered_port()
        if port is None:
            raise RunFailed("The SlapOS proxy of this engine was never started")
        return port

    def choose_port(self):
        """The port that slapproxy shall use; another one than before only when that is taken."""
        port = self.asked_port or self.remembered_port()
        if port and not port_is_free(port):
            if self.asked_port:
                raise RunFailed("Port %d is taken: choose another one for the SlapOS proxy" % port)
            port = None
        port = port or any_free_port()
        os.makedirs(self.path("etc"), exist_ok=True)
        write_if_changed(self.path("etc", "proxy-port"), "%d\n" % port)
        return port

    def url(self):
        return "http://127.0.0.1:%d" % self.port()

    def configure(self):
        """Makes the directories and writes the configuration files."""
        for names in (("etc",), ("soft",), ("inst",), ("shared",), ("var", "log"), ("var", "run")):
            os.makedirs(self.path(*names), exist_ok=True)
        write_if_changed(self.configuration, _SLAPOS_CFG.format(
            root=self.root, url=self.url(), port=self.port(), computer=self.computer, partitions=self.partitions))
        address = "%s/255.255.255.255" % self.ipv4
        lines = ["[computer]", "address = %s" % address]
        for index in range(self.partitions):
            lines += ["", "[partition_%d]" % index, "address = %s" % address, "pathname = slappart%d" % index,
                      "user = %s" % getpass.getuser(), "network_interface ="]
        write_if_changed(self.path("etc", "slapformat-definition.cfg"), "\n".join(lines) + "\n")

    def proxy_answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port()), timeout=2):
                return True
        except (OSError, RunFailed):
            return False

    def require_proxy(self):
        """Waits for a proxy that is being started."""
        deadline = time.monotonic() + PROXY_SECONDS
        while not self.proxy_answers():
            if time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            raise RunFailed("The local SlapOS proxy does not answer at %s" % self.url())

    def environment(self):
        environment = dict(os.environ)
        for name in ("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE"):
            environment.pop(name, None)
        environment.update(
            PATH=BIN + os.pathsep + environment.get("PATH", "/usr/bin:/bin"),
            PYTHONUNBUFFERED="1",
            SLAPOS_CONFIGURATION=self.configuration,
            SLAPOS_CLIENT_CONFIGURATION=self.configuration,
        )
        return environment

    def software_directory(self, profile):
        return os.path.join(self.software_root, hashlib.md5(profile.encode(), usedforsecurity=False).hexdigest())

    def format_stamp(self):
        """What the proxy was told; None when its database is not there (or another one than then)."""
        try:
            database = os.stat(self.database).st_ino
        except FileNotFoundError:
            return None
        return json.dumps([self.computer, self.ipv4, self.partitions, getpass.getuser(), database])

    def is_formatted(self):
        stamp = self.format_stamp()
        try:
            with open(self.path("etc", "formatted"), encoding="utf-8") as file:
                return stamp is not None and file.read() == stamp
        except FileNotFoundError:
            return False
