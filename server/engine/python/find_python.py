"""Which Python the engine is made with.

The first of python3.13, python3.12, python3.11, python3 over PATH and then /usr/bin that is at least 3.11, has the module
venv, and, when a user is named, whose real path every directory of lets that user pass.

    python3 find_python.py [--user NAME]      prints the path; exit 1 with the reason on stderr when there is none
"""

import argparse
import os
import pwd
import shutil
import subprocess
import sys

NAMES = ("python3.13", "python3.12", "python3.11", "python3")
MINIMUM = (3, 11)
_PROBE = "import sys, venv, ensurepip; print('%d %d' % sys.version_info[:2]); print(sys.base_prefix); print(sys.executable)"


def user_may(path, user, mode):
    """Whether `user` (a pwd entry) has `mode` (1 execute, 4 read) on `path`, by its mode bits."""
    try:
        found = os.stat(path)
    except OSError:
        return False
    if user.pw_uid == 0:
        return True
    groups = {user.pw_gid}
    if found.st_uid == user.pw_uid:
        return bool(found.st_mode >> 6 & mode)
    if found.st_gid in groups:
        return bool(found.st_mode >> 3 & mode)
    return bool(found.st_mode & mode)


def closed_directory(path, user):
    """The first directory above `path` that `user` cannot pass, or `path` itself when it cannot be executed, else None."""
    for each in (os.path.abspath(path), os.path.realpath(path)):
        above, parent = [], each
        while parent != os.path.dirname(parent):
            parent = os.path.dirname(parent)
            above.append(parent)
        for directory in reversed(above):
            if not user_may(directory, user, 1):
                return directory
    return None if user_may(path, user, 1) else path


def candidates(path=None):
    directories = (path if path is not None else os.environ.get("PATH", "")).split(os.pathsep) + ["/usr/bin"]
    seen = set()
    for name in NAMES:
        for directory in directories:
            found = shutil.which(name, path=directory) if directory else None
            if found and found not in seen:
                seen.add(found)
                yield found


def find_python(user_name=None):
    """(path, reasons): the path or None, and one line for each candidate that was passed over."""
    user = pwd.getpwnam(user_name) if user_name else None
    reasons = []
    for found in candidates():
        probe = subprocess.run([found, "-I", "-c", _PROBE], capture_output=True, text=True)
        if probe.returncode:
            missing = "venv" if "venv" in probe.stderr or "ensurepip" in probe.stderr else None
            reasons.append("%s: %s" % (found, "has no module venv (apt install python3-venv)" if missing else "does not run"))
            continue
        version, base, executable = probe.stdout.splitlines()[:3]
        if tuple(map(int, version.split())) < MINIMUM:
            reasons.append("%s: is Python %s" % (found, version.replace(" ", ".")))
            continue
        if user is not None:
            closed = closed_directory(executable, user) or closed_directory(os.path.join(base, "lib"), user)
            if closed:
                reasons.append("%s: the user %s cannot pass %s" % (found, user_name, closed))
                continue
        return executable, reasons
    return None, reasons


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--user")
    options = parser.parse_args()
    try:
        found, reasons = find_python(options.user)
    except KeyError:
        print("There is no user %s" % options.user, file=sys.stderr)
        return 1
    if found is None:
        print("No Python of at least %d.%d with the module venv was found%s" % (
            *MINIMUM, ": " + "; ".join(reasons) if reasons else " (apt install python3 python3-venv)"), file=sys.stderr)
        return 1
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
