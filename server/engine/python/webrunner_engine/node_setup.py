"""The verbs that make a node ready: `format`, `proxy` and `supervisord`; and `shutdown`, which ends it."""

import logging
import os
import sys
import threading
import time

from webrunner_engine.node import Node, write_if_changed
from webrunner_engine.report import RunFailed, say
from webrunner_engine.slapos_command import run_slapos, write_output

READY_SECONDS = 30
SHUTDOWN_SECONDS = 25


def ensure_formatted(node):
    """Tells the proxy about the node's partitions, when it does not know them as they are."""
    node.configure()
    node.require_proxy()
    if node.is_formatted():
        return
    code, output = run_slapos(node, "node", "format", "--now", quiet=True)
    if code:
        write_output(output)
        raise RunFailed("The node could not be formatted (exit code %d)" % code)
    write_if_changed(node.path("etc", "formatted"), node.format_stamp())
    say("Formatted the node %s with %d partitions" % (node.computer, node.partitions))


def run_format(spec):
    ensure_formatted(Node(spec))
    return 0


def run_proxy(spec):
    """slapproxy in this process, until it is ended."""
    node = Node(spec)
    node.choose_port()
    node.configure()
    os.environ.update(node.environment())
    os.chdir(node.root)

    def announce():
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if node.proxy_answers():
                say("slapproxy answers at %s" % node.url())
                return
            time.sleep(0.05)

    threading.Thread(target=announce, daemon=True).start()
    sys.argv = ["slapos", "proxy", "start", "--cfg", node.configuration]
    from slapos.cli.entry import main

    return main() or 0


def run_supervisord(spec):
    node = Node(spec)
    os.makedirs(node.instance_root, exist_ok=True)
    from slapos.grid.svcbackend import createSupervisordConfiguration, launchSupervisord

    from webrunner_engine.supervisor import supervisord_pid

    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    logger = logging.getLogger("slapos")
    pid = supervisord_pid(node.supervisord_socket)
    if pid is None:
        createSupervisordConfiguration(node.instance_root, logger)
        launchSupervisord(node.instance_root, logger)
        pid = supervisord_pid(node.supervisord_socket)
    if pid is None:
        raise RunFailed("supervisord does not answer")
    say("supervisord runs with process id %d" % pid)
    return 0


def run_shutdown(spec):
    """Ends the instances' supervisord with whatever it still runs; nobody there is fine."""
    from webrunner_engine.supervisor import supervisor, supervisord_pid

    node = Node(spec)
    if supervisord_pid(node.supervisord_socket) is None:
        return 0
    supervisor(node.supervisord_socket).shutdown()
    deadline = time.monotonic() + SHUTDOWN_SECONDS
    while supervisord_pid(node.supervisord_socket) is not None:
        if time.monotonic() > deadline:
            raise RunFailed("supervisord does not end")
        time.sleep(0.05)
    say("supervisord has ended")
    return 0
