"""The verb `program`: how supervisord starts one of its programs, as its own reader of configurations says it.

Prints JSON: argv, directory and the whole environment. Nothing is started or stopped.
"""

import json
import os
import shlex

from webrunner_engine.node import Node
from webrunner_engine.report import DONE, RunFailed
from webrunner_engine.spec import take
from webrunner_engine.supervisor import supervisord_pid


def environment_of(pid):
    with open("/proc/%d/environ" % pid, "rb") as file:
        pairs = [item.split(b"=", 1) for item in file.read().split(b"\0") if b"=" in item]
    return {os.fsdecode(name): os.fsdecode(value) for name, value in pairs}


def run(spec):
    from supervisor.options import ServerOptions

    node, group, name = Node(spec), take(spec, "group", str, required=True), take(spec, "name", str, required=True)
    pid = supervisord_pid(node.supervisord_socket)
    # Before its configuration was read, it is not known where its socket is.
    options = ServerOptions()
    options.realize(["-c", node.path("inst", "etc", "supervisord.conf"), "-n"])
    for found in options.process_group_configs:
        for program in found.process_configs:
            if (found.name, program.name) != (group, name):
                continue
            environment = environment_of(pid) if pid else {}
            # Python itself sets it at its start when nothing tells the language (PEP 538), so supervisord hands it on.
            if not any(environment.get(variable) for variable in ("LC_ALL", "LC_CTYPE", "LANG")):
                environment["LC_CTYPE"] = "C.UTF-8"
            environment["SUPERVISOR_ENABLED"] = "1"
            serverurl = program.serverurl or options.serverurl
            if serverurl:
                environment["SUPERVISOR_SERVER_URL"] = serverurl
            environment.update(SUPERVISOR_PROCESS_NAME=name, SUPERVISOR_GROUP_NAME=group)
            environment.update(program.environment or {})
            print(json.dumps({
                "argv": shlex.split(program.command),
                "directory": program.directory,
                "environment": environment,
            }))
            return DONE
    raise RunFailed("supervisord knows no program %s:%s" % (group, name))
