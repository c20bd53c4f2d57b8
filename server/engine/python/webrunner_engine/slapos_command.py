"""Running `slapos` in the run's own process group, its output straight into the run's log."""

import os
import subprocess
import sys

from webrunner_engine.node import SLAPOS

# Of slapos, when the process in its pid file is alive.
ALREADY_RUNNING = 10
ANOTHER = "Another slapos command is at work on this node: wait for its end, or stop it"


def run_slapos(node, *arguments, quiet=False, extra=None):
    """The exit code of `slapos ARGUMENTS`, or (exit code, output) when it is `quiet`."""
    sys.stdout.flush()
    sys.stderr.flush()
    done = subprocess.run(
        [SLAPOS, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else sys.stdout.fileno(),
        env={**node.environment(), **(extra or {})},
        cwd=node.root,
        check=False,
    )
    code = done.returncode if done.returncode >= 0 else 128 - done.returncode
    if quiet:
        return code, done.stdout.decode("utf-8", "replace")
    return code


def write_output(text):
    sys.stdout.write(text if text.endswith("\n") or not text else text + "\n")
    sys.stdout.flush()


def connect(node):
    """A SLAP client of the node's proxy (in this process: a tenth of the time of a command)."""
    import slapos.slap

    os.environ.setdefault("SLAPOS_CONFIGURATION", node.configuration)
    client = slapos.slap.slap()
    client.initializeConnection(node.url())
    return client
