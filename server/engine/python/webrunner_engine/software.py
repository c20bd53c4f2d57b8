"""The verb `software`: a release is built when, and only when, something that it is made from has changed.

slapgrid itself looks at nothing but `.completed`: a changed profile would be skipped in silence. What the last complete
build was made from is kept beside the software, in `.webrunner.json`.
"""

import contextlib
import json
import os
import re
import subprocess
import sys

from webrunner_engine.choices import environment_of, fetch_before
from webrunner_engine.development import take_develop, use_develop
from webrunner_engine.directory_lock import directory_lock
from webrunner_engine.inputs import changed_files, identity_of, is_url
from webrunner_engine.node import Node, write_if_changed
from webrunner_engine.node_setup import ensure_formatted
from webrunner_engine.report import FAILED, RunFailed, say, say_error
from webrunner_engine.slapos_command import ALREADY_RUNNING, ANOTHER, connect, run_slapos
from webrunner_engine.spec import take, take_profile

RECORD = ".webrunner.json"


def ensure_usable(profile):
    """slapgrid writes `extends = PROFILE` into a file that is split at spaces and interpolated."""
    odd = re.search(r"[\s$%]", profile)
    if odd and not is_url(profile):
        raise RunFailed("SlapOS cannot use a path with %r in it, rename the folder: %s" % (odd[0], profile))
    if not is_url(profile) and not os.path.isfile(profile):
        raise RunFailed("The profile does not exist: %s" % profile)


def engine_identity():
    """Of the environment that runs this: another one has other eggs."""
    try:
        with open(os.path.join(sys.prefix, os.pardir, "stamp.json"), encoding="utf-8") as file:
            return json.load(file)["environment"]
    except (OSError, ValueError, KeyError):
        return "unknown"


def read_record(directory):
    try:
        with open(os.path.join(directory, RECORD), encoding="utf-8") as file:
            record = json.load(file)
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def current_record(profile, last, develop=()):
    """`develop`: (egg, directory) of the recipe eggs in development mode."""
    common = {"profile": profile, "engine": engine_identity(), "develop": sorted(map(list, develop))}
    if is_url(profile):
        return {**common, "identity": "url", "files": {}}
    identity, files = identity_of(profile, last.get("files", {}), [directory for _egg, directory in develop])
    return {**common, "identity": identity, "files": files}


def is_complete(directory):
    return os.path.exists(os.path.join(directory, ".completed"))


def same_develop(last, now):
    return last.get("develop", []) == now["develop"]


def is_up_to_date(directory, last, now):
    return is_complete(directory) and all(last.get(name) == now[name] for name in ("identity", "engine")) and same_develop(last, now)


def reason_to_build(directory, last, now):
    if not os.path.isdir(directory):
        return "this release was never built here"
    if last.get("engine") != now["engine"] and last:
        return "the engine has changed"
    if not is_complete(directory):
        return "the last build did not complete"
    if not last:
        return "it is not known what the last build was made from"
    if not same_develop(last, now):
        return "other recipe eggs are in development mode"
    changed = changed_files(last.get("files", {}), now["files"])
    if not changed:
        return "the set of files has changed"
    shown = ", ".join(os.path.basename(path) for path in changed[:5])
    return "%s changed" % shown if len(changed) <= 5 else "%s and %d other files changed" % (shown, len(changed) - 5)


def _remove(path):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def prepare(directory, last, now):
    """Removes what would keep slapgrid from building, or from bootstrapping with this engine."""
    _remove(os.path.join(directory, ".completed"))
    buildout = os.path.join(directory, "bin", "buildout")
    # slapgrid bootstraps again when this mark of a failed run is there; the script itself does not depend on the profile.
    _remove(buildout + "-bootstrap-skipped")
    if last.get("engine") != now["engine"]:
        _remove(buildout)


def run(spec):
    node, profile = Node(spec), take_profile(spec)
    ensure_usable(profile)
    develop = take_develop(spec)
    directory = node.software_directory(profile)
    choices = environment_of(spec)
    with directory_lock(node.path("var", "run", "webrunner-software.lock")):
        if take(spec, "debugger", bool, False):
            use_develop(develop)
            return debug(node, directory, choices)
        return build(node, profile, directory, choices, develop, spec)


def build(node, profile, directory, choices, develop, spec):
    force, parts = take(spec, "force", bool, False), choices.get("WEBRUNNER_PARTS")
    last = read_record(directory)
    now = current_record(profile, last, develop)
    if not force and not parts and is_up_to_date(directory, last, now):
        say("Nothing to do: the software is complete, and nothing that it is made from has changed")
        return 0
    use_develop(develop)
    fetch_before(spec, choices)
    ensure_formatted(node)
    connect(node).registerSupply().supply(profile, computer_guid=node.computer)
    say("Building because %s" % ("it was asked for" if force or parts else reason_to_build(directory, last, now)))
    prepare(directory, last, now)
    code = run_slapos(node, "node", "software", "--only-sr", profile, *(["--force"] if force else []), extra=choices)
    if code == 0 and not is_complete(directory):
        code = FAILED
    if code:
        say_error(ANOTHER if code == ALREADY_RUNNING else "The software was not built (exit code %d)" % code)
        return FAILED
    if parts:
        # slapgrid takes the release for complete; the other parts may not be.
        _remove(os.path.join(directory, ".completed"))
        say("The parts are built: %s. Run software for all others" % parts)
        return 0
    write_if_changed(os.path.join(directory, RECORD), json.dumps(now))
    say("The software is built")
    return 0


def debug(node, directory, choices):
    """buildout as slapgrid calls it, with a debugger on the caller's terminal where it fails. The release stays incomplete."""
    script = os.path.join(directory, "bin", "buildout")
    if not os.path.exists(script):
        raise RunFailed("This release was never begun here: run software first")
    _remove(os.path.join(directory, ".completed"))
    environment = dict(node.environment(), HOME=directory, **choices)
    words = ["-U", "buildout:extends-cache=" + os.path.join(directory, "extends-cache"), "buildout:directory=" + directory, "-N", "-D",
             "-c", os.path.join(directory, "buildout.cfg")]
    code = subprocess.run([sys.executable, script, *words], env=environment, cwd=directory, check=False).returncode
    if code == 0:
        say("Nothing failed. Run software to complete the release")
    return FAILED if code else 0
