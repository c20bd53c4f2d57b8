"""Recipe eggs in development mode, as a spec says them: `"develop": [{"egg": name, "directory": path}]`."""

import json
import os

from webrunner_engine.layer.developed_recipes import VARIABLE
from webrunner_engine.report import RunFailed, SpecError, say
from webrunner_engine.spec import take

_FILES = ("setup.py", "setup.cfg", "pyproject.toml")


def take_develop(spec):
    """[(egg, directory)], each with a checkout that can be installed."""
    found = []
    for each in take(spec, "develop", list, []):
        if not isinstance(each, dict):
            raise SpecError("develop must be a list of objects with egg and directory")
        egg, directory = take(each, "egg", str, required=True), take(each, "directory", str, required=True)
        if not os.path.isabs(directory):
            raise SpecError("the directory of a recipe egg in development must be absolute")
        if not any(os.path.exists(os.path.join(directory, name)) for name in _FILES):
            raise RunFailed("The recipe egg %s is in development mode, but its checkout has no setup.py: %s. "
                            "Go back to the released egg, or check it out again" % (egg, directory))
        found.append((egg, os.path.normpath(directory)))
    return found


def use_develop(eggs):
    """For all buildouts that this process starts."""
    os.environ.pop(VARIABLE, None)
    if eggs:
        os.environ[VARIABLE] = json.dumps(eggs)
    for egg, directory in eggs:
        say("The recipe egg %s is in development mode: %s" % (egg, directory))
