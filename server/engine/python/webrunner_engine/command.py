"""The command line of the drivers: one verb, one spec, one exit code."""

import argparse
import importlib
import os
import sys

from webrunner_engine.report import USAGE, RunFailed, say_error
from webrunner_engine.spec import read_spec

# Verb -> module and function, imported only when asked for: "nothing to do" must be quick.
VERBS = {
    "buildout": "plain_buildout:run",
    "software": "software:run",
    "instance": "instance:run",
    "destroy": "destroy:run",
    "format": "node_setup:run_format",
    "proxy": "node_setup:run_proxy",
    "supervisord": "node_setup:run_supervisord",
    "shutdown": "node_setup:run_shutdown",
    "status": "status:run",
    "promises": "promise_run:run",
    "program": "program:run",
    "recipe": "recipe_test:run",
    "render": "preview.render:run",
    "survey": "survey:run",
}


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        say_error(message)
        sys.exit(USAGE)


def main(arguments):
    sys.stdout.reconfigure(line_buffering=True)
    sys.stderr.reconfigure(line_buffering=True)
    if arguments == ["check"]:
        from webrunner_engine.check import check

        return check()
    parser = _Parser(prog="webrunner_engine", add_help=False)
    parser.add_argument("verb", choices=sorted(VERBS))
    parser.add_argument("--spec", required=True)
    options = parser.parse_args(arguments)
    os.umask(0o022)
    try:
        if os.getuid() == 0:
            raise RunFailed("The engine does not run as root: start it as an unprivileged user", USAGE)
        module, function = VERBS[options.verb].split(":")
        verb = getattr(importlib.import_module("webrunner_engine." + module), function)
        return verb(read_spec(options.spec))
    except RunFailed as failure:
        say_error(failure)
        return failure.code
    except OSError as error:
        say_error("%s%s" % (error.strerror or error, ": " + error.filename if error.filename else ""))
        return 1
