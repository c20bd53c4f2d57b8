"""A script of its own, for the Python of a software release: checks one promise of a partition, or all of them.

argv: a JSON object with slapos's configuration of the promise launcher, and the `name` of the one promise, if only one.
The module path is that of the first promise written in Python, as slapgrid itself does it.
"""

import ast
import json
import logging
import os
import sys


def module_path(folder):
    """What the first plugin puts at the front of `sys.path`."""
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    for name in names:
        if name.endswith(".py") and not name.startswith("__init__"):
            with open(os.path.join(folder, name)) as file:
                for node in ast.parse(file.read()).body:
                    if isinstance(node, ast.Assign):
                        return ast.literal_eval(node.value)
    return []


def main(text):
    options = json.loads(text)
    name = options.pop("name")
    plugins, legacy = options["promise-folder"], options["legacy-promise-folder"]
    sys.path[0:0] = module_path(plugins)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    import slapos.grid.promise as promise

    if name is not None and os.path.exists(os.path.join(plugins, name)):
        options["run-only-promise-list"] = [name]
    elif name is not None:
        # slapos can choose among plugins only: of the scripts it is shown no other.
        promise.listifdir = lambda path: [name] if path == legacy else []
    try:
        promise.PromiseLauncher(config=options, logger=logging.getLogger("promise")).run()
    except promise.PromiseError:
        pass  # The result files tell which and why.


main(sys.argv[1])
