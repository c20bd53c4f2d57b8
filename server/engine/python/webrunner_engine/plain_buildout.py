"""The verb `buildout`: zc.buildout alone, on any profile, with its output in a directory of its own."""

import os
import re
import subprocess
import sys

from webrunner_engine.choices import environment_of, fetch_before
from webrunner_engine.development import take_develop, use_develop
from webrunner_engine.directory_lock import directory_lock
from webrunner_engine.node import BIN
from webrunner_engine.report import FAILED, RunFailed, SpecError, say, say_error
from webrunner_engine.spec import is_url, take, take_path, take_profile

_ASSIGNMENT = re.compile(r"^[^:=\s\[\]]+:[^=\s]+$")


def belongs_here(script):
    """Whether bin/buildout was made by this environment."""
    try:
        with open(script, encoding="utf-8", errors="replace") as file:
            return file.readline().strip() == "#!" + sys.executable
    except FileNotFoundError:
        return False


def run(spec):
    directory, profile = take_path(spec, "directory"), take_profile(spec)
    options = take(spec, "options", dict, {})
    dialect = take(spec, "dialect", str, "slapos")
    if dialect not in ("slapos", "upstream"):
        raise SpecError("dialect must be slapos or upstream")
    if not is_url(profile) and not os.path.isfile(profile):
        raise RunFailed("The profile does not exist: %s" % profile)
    for name, value in options.items():
        if not _ASSIGNMENT.match(name) or not isinstance(value, str):
            raise SpecError("options must be of the form section:option, with text values: %s" % name)
    choices, debugger = environment_of(spec), take(spec, "debugger", bool, False)
    use_develop(take_develop(spec))
    with directory_lock(os.path.join(directory, ".webrunner-lock")):
        if not debugger:
            fetch_before(spec, choices)
        return build(spec, directory, profile, options, {**choices, "WEBRUNNER_ENGINE_DIALECT": dialect}, debugger)


def build(spec, directory, profile, options, choices, debugger):
    assignments = ["buildout:directory=" + directory] + ["%s=%s" % pair for pair in sorted(options.items())]
    environment = dict(os.environ, PYTHONUNBUFFERED="1", PATH=BIN + os.pathsep + os.environ.get("PATH", "/usr/bin:/bin"),
                       **choices)
    for name in ("PYTHONPATH", "PYTHONHOME"):
        environment.pop(name, None)

    def buildout(script, *words):
        sys.stdout.flush()
        code = subprocess.run([sys.executable, "-W", "ignore:Module zc was already imported", script, *assignments, "-c", profile,
                               *words],
                              stdin=None if debugger else subprocess.DEVNULL, stderr=sys.stdout.fileno(), env=environment, cwd=directory,
                              check=False).returncode
        if code:
            say_error("Buildout failed (exit code %d)" % (code if code > 0 else 128 - code))
        return code == 0

    script = os.path.join(directory, "bin", "buildout")
    if not belongs_here(script):
        say("Bootstrapping %s" % directory)
        if not buildout(os.path.join(BIN, "buildout"), "bootstrap"):
            return FAILED
    switches = ["-o"] if take(spec, "offline", bool, False) else []
    done = buildout(script, *switches, *(["-D"] if debugger else []))
    if done:
        say("The parts are built" if "WEBRUNNER_PARTS" in choices else "The buildout is complete")
    return 0 if done else FAILED
