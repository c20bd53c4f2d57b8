"""The verb `promises`: checks one promise of a partition now, or all of them, and prints all results as JSON."""

import json
import os
import re
import subprocess
import sys

from webrunner_engine.node import Node
from webrunner_engine.promises import promise_results
from webrunner_engine.report import DONE, RunFailed, SpecError
from webrunner_engine.spec import take

PROMISE_SECONDS = 20


def names_in(folder):
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except FileNotFoundError:
        return []


def file_of(title, plugins, legacy):
    """The file of a promise by its title, which is the file's name without its suffix."""
    for name in plugins + legacy:
        if name == title or os.path.splitext(name)[0] == title:
            return name
    raise RunFailed("There is no promise %s" % title)


def software_python(node, partition):
    """The Python that the partition's software release was built with."""
    from slapos.grid.utils import getPythonExecutableFromSoftwarePath

    from webrunner_engine.database import ProxyDatabase

    for row in ProxyDatabase(node.database, node.computer).partitions():
        if row["reference"] == partition and row["software_release"]:
            return getPythonExecutableFromSoftwarePath(node.software_directory(row["software_release"])) or sys.executable
    raise RunFailed("Nobody uses the partition %s" % partition)


def run(spec):
    node, partition, title = Node(spec), take(spec, "partition", str, required=True), take(spec, "name", str)
    if not re.fullmatch(r"slappart[0-9]+", partition):
        raise SpecError("partition must be one of slappart0, slappart1 …")
    directory = os.path.join(node.instance_root, partition)
    plugin_folder, legacy_folder = os.path.join(directory, "etc", "plugin"), os.path.join(directory, "etc", "promise")
    plugins = [name for name in names_in(plugin_folder) if name.endswith(".py") and not name.startswith("__init__")]
    legacy = names_in(legacy_folder)
    name = None if title is None else file_of(title, plugins, legacy)
    options = {
        "name": name,
        "promise-folder": plugin_folder,
        "legacy-promise-folder": legacy_folder,
        "promise-timeout": PROMISE_SECONDS,
        "partition-folder": directory,
        "log-folder": os.path.join(directory, ".slapgrid", "promise", "log"),
        "uid": os.getuid(),
        "gid": os.getgid(),
        "force": True,
        "master-url": node.url(),
        "partition-id": partition,
        "computer-id": node.computer,
    }
    python = software_python(node, partition) if plugins else sys.executable
    done = subprocess.run(
        [python, os.path.join(os.path.dirname(os.path.abspath(__file__)), "promise_check.py"), json.dumps(options)],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        stderr=sys.stderr.fileno(),
        cwd=directory,
        env=node.environment(),
        timeout=(1 if name else len(plugins + legacy)) * PROMISE_SECONDS + 10,
        check=False,
    )
    if done.returncode:
        raise RunFailed("The promises could not be checked (exit code %d)" % done.returncode)
    print(json.dumps(promise_results(directory)))
    return DONE
