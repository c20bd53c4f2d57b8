"""Makes the engine's virtual environment, once; see docs/engine.md for options, output and exit codes.

    python3 provision.py --engine DIR [--user NAME] [--buildout-requirement REQ]... [--find-links URL]...

Needs nothing but Python >= 3.11 with the module venv. A virtual environment cannot be moved, so it is built in place
under a lock, and the stamp is written last: without a stamp that matches, nothing there is trusted.

Invariant: DIR/stamp.json exists only beside an environment that was verified.
"""

import argparse
import contextlib
import errno
import fcntl
import hashlib
import importlib
import json
import os
import platform
import pwd
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from find_python import MINIMUM, closed_directory  # noqa: E402

FAILED, USAGE, OLD_PYTHON, NO_VENV, NO_COMPILER, NO_INDEX, NOT_WRITABLE, USER_CANNOT = 1, 4, 20, 21, 22, 23, 24, 25

# Raised when this script itself makes the environment in another way.
LAYOUT = 1

# What must be there before the others: source distributions are built with these, without fetching them again each time.
BUILD_TOOLS = ("pip", "setuptools", "wheel")

NETIFACES_METADATA = """Metadata-Version: 2.1
Name: netifaces
Version: 0.11.0
Summary: The network interfaces of this machine, without a C extension
"""


class ProvisionFailed(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Progress:
    """JSON lines on stdout; the fraction never goes back."""

    def __init__(self):
        self.fraction = 0.0

    def __call__(self, step, message, fraction=None, **more):
        if fraction is not None:
            self.fraction = max(self.fraction, min(1.0, fraction))
        print(json.dumps({"step": step, "message": message, "fraction": round(self.fraction, 3), **more}), flush=True)


def parse_requirements(path):
    pins = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            line = line.partition("#")[0].strip()
            if line:
                pins[distribution_name(line)] = line
    return pins


def distribution_name(requirement):
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]).lower()


def wanted_pins(options):
    pins = parse_requirements(os.path.join(HERE, "requirements.txt"))
    for requirement in options.buildout_requirement:
        pins[distribution_name(requirement)] = requirement
    return pins


def _hash(parts):
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()


def layer_files():
    found = []
    for top, directories, names in os.walk(os.path.join(HERE, "webrunner_engine")):
        directories[:] = sorted(name for name in directories if name != "__pycache__")
        found += [os.path.join(top, name) for name in sorted(names) if not name.endswith(".pyc")]
    return found


def layer_hash():
    parts = []
    for path in layer_files():
        with open(path, "rb") as file:
            parts += [os.path.relpath(path, HERE), file.read()]
    return _hash(parts)


def environment_hash(options, pins):
    with open(os.path.join(HERE, "netifaces", "netifaces.py"), "rb") as file:
        netifaces = file.read()
    return _hash([LAYOUT, os.path.realpath(options.engine), sys.version, platform.machine(),
                  os.path.realpath(sys._base_executable), netifaces, *sorted(pins.values()), *options.find_links])


def child_environment():
    """Of pip and venv: the user's pip settings stay, what points to another Python goes."""
    removed = {"PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PIP_REQUIRE_VIRTUALENV", "PIP_TARGET", "PIP_PREFIX",
               "PIP_USER", "__PYVENV_LAUNCHER__", "VIRTUAL_ENV"}
    environment = {name: value for name, value in os.environ.items() if name not in removed}
    environment.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PIP_ROOT_USER_ACTION="ignore", PYTHONUNBUFFERED="1")
    return environment


_UNREACHABLE = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|Max retries exceeded|Failed to establish|Connection refused|"
    r"Temporary failure in name resolution|\(from versions: none\)|SSLError|CERTIFICATE_VERIFY_FAILED|Network is unreachable|50[234] (Server|Bad|Gateway)")
_NO_COMPILER = re.compile(
    r"Python\.h: No such file|unable to execute '[^']*(?:cc|clang)[^']*'|command '[^']*(?:cc|clang)[^']*' failed: No such file|"
    r"error: command '[^']*(?:cc|gcc)' failed|Unable to find a compiler|Microsoft Visual C")
_FULL = re.compile(r"No space left on device|Disk quota exceeded|Errno 28")


def explain_pip(output):
    text = "\n".join(output)
    last = "; ".join(line for line in output[-6:] if line.strip())[-400:]
    if _FULL.search(text):
        return ProvisionFailed(NOT_WRITABLE, "The disk is full: free some space and start again")
    if _NO_COMPILER.search(text):
        return ProvisionFailed(NO_COMPILER, "A package has no ready build for this Python, and there is no C compiler or no "
                               "Python.h: apt install gcc python3-dev")
    if _UNREACHABLE.search(text):
        return ProvisionFailed(NO_INDEX, "The package index cannot be reached: check the network, or name a mirror with "
                               "PIP_INDEX_URL (%s)" % last)
    return ProvisionFailed(FAILED, "pip failed: " + last)


def run(arguments, on_line=lambda line: None):
    """(exit code, output lines) of a child, whose lines are shown to `on_line` as they come."""
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
                          errors="replace", env=child_environment()) as child:
        lines = []
        for line in child.stdout:
            lines.append(line.rstrip("\n"))
            on_line(lines[-1])
    return child.returncode, lines


def make_venv(venv, progress):
    progress("venv", "Making a virtual environment with Python %s" % platform.python_version(), 0.01)
    shutil.rmtree(venv, ignore_errors=True)
    try:
        for module in ("ensurepip", "venv"):
            importlib.import_module(module)
    except ImportError as error:
        raise ProvisionFailed(NO_VENV, "Python's module %s is missing: apt install python3-venv" % error.name) from error
    code, output = run([sys.executable, "-m", "venv", venv])
    if code:
        text = " ".join(output)
        if "ensurepip" in text:
            raise ProvisionFailed(NO_VENV, "Python's module venv is incomplete: apt install python3-venv")
        if _FULL.search(text):
            raise explain_pip(output)
        raise ProvisionFailed(FAILED, "The virtual environment could not be made: " + text[-400:])


def site_packages(python):
    return subprocess.check_output(
        [python, "-I", "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"], text=True).strip()


def install_netifaces(target):
    shutil.copyfile(os.path.join(HERE, "netifaces", "netifaces.py"), os.path.join(target, "netifaces.py"))
    information = os.path.join(target, "netifaces-0.11.0.dist-info")
    os.makedirs(information, exist_ok=True)
    for name, text in {
        "METADATA": NETIFACES_METADATA,
        "INSTALLER": "webrunner\n",
        "top_level.txt": "netifaces\n",
        "RECORD": "netifaces.py,,\nnetifaces-0.11.0.dist-info/METADATA,,\nnetifaces-0.11.0.dist-info/RECORD,,\n",
    }.items():
        with open(os.path.join(information, name), "w", encoding="utf-8") as file:
            file.write(text)


def install_packages(python, pins, options, progress):
    tools = [pins[name] for name in BUILD_TOOLS if name in pins]
    progress("packages", "Installing the build tools", 0.08)
    extra = [word for link in options.find_links for word in ("--find-links", link)]
    pip = [python, "-m", "pip", "install", "--no-deps", *extra]
    code, output = run([*pip, *tools])
    if code:
        raise explain_pip(output)
    progress("packages", "Installing %d packages" % len(pins), 0.15)
    seen = {"collected": 0}

    def on_line(line):
        word = line.split(None, 2)
        if line.startswith("Collecting ") and len(word) > 1:
            seen["collected"] += 1
            progress("packages", "Fetching " + word[1], 0.15 + 0.35 * seen["collected"] / len(pins))
        elif line.lstrip().startswith("Building wheel for ") and line.rstrip().endswith("started"):
            progress("packages", line.strip().replace(": started", ""), 0.55)
        elif line.startswith("Installing collected packages"):
            progress("packages", "Writing the packages", 0.65)

    with tempfile.TemporaryDirectory(prefix="webrunner-pins-") as directory:
        path = os.path.join(directory, "requirements.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(sorted(pins.values())) + "\n")
        code, output = run([*pip, "--no-build-isolation", "-r", path], on_line)
    if code:
        raise explain_pip(output)


def install_layer(python, target, progress):
    progress("layer", "Installing the compatibility layer", 0.9)
    destination = os.path.join(target, "webrunner_engine")
    fresh = destination + ".new"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(os.path.join(HERE, "webrunner_engine"), fresh, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(destination, ignore_errors=True)
    os.rename(fresh, destination)
    with open(os.path.join(target, "webrunner_engine.pth"), "w", encoding="utf-8") as file:
        file.write("import webrunner_engine.layer\n")
    subprocess.run([python, "-m", "compileall", "-q", destination], check=False, env=child_environment())


def verify(python, options, progress):
    progress("verify", "Verifying the engine", 0.94)
    # Not isolated (-I): the engine itself runs with the user's environment, but the current directory must not matter.
    user = pwd.getpwnam(options.user) if options.user else None
    identity = {"cwd": "/"}
    if user and os.getuid() == 0:
        identity.update(user=user.pw_uid, group=user.pw_gid, extra_groups=[])
    if user:
        for path in (python, os.path.realpath(python)):
            closed = closed_directory(path, user)
            if closed:
                raise ProvisionFailed(USER_CANNOT, "The user %s cannot pass %s: open it to others, or use another place or "
                                      "another Python" % (options.user, closed))
    try:
        done = subprocess.run([python, "-P", "-m", "webrunner_engine", "check"], capture_output=True, text=True,
                              env=child_environment(), **identity)
    except PermissionError as error:
        raise ProvisionFailed(USER_CANNOT, "The user %s cannot execute the engine: %s" % (options.user, error)) from error
    if done.returncode:
        raise ProvisionFailed(FAILED, "The new engine does not work: " + (done.stdout + done.stderr).strip()[-400:])
    return json.loads(done.stdout.splitlines()[-1])


def read_stamp(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}
    except ValueError:
        return {}  # half a file of another program: not ours, so there is no stamp


def write_stamp(path, stamp):
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(stamp, file, indent=1, sort_keys=True)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


@contextlib.contextmanager
def locked(engine, progress):
    with open(os.path.join(engine, "lock"), "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("lock", "Waiting for another provisioning of the same engine")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def provision(options, progress):
    engine = os.path.abspath(options.engine)
    options.engine = engine
    if sys.version_info[:2] < MINIMUM:
        raise ProvisionFailed(OLD_PYTHON, "Python %s is too old: install Python %d.%d or newer" % (
            platform.python_version(), *MINIMUM))
    os.makedirs(engine, exist_ok=True)
    venv, stamp_path = os.path.join(engine, "venv"), os.path.join(engine, "stamp.json")
    python = os.path.join(venv, "bin", "python")
    pins = wanted_pins(options)
    wanted = {"environment": environment_hash(options, pins), "layer": layer_hash()}
    with locked(engine, progress):
        stamp = read_stamp(stamp_path)
        same_environment = stamp.get("environment") == wanted["environment"] and os.path.exists(python)
        if same_environment and stamp.get("layer") == wanted["layer"]:
            progress("done", "The engine is ready: nothing to do", 1.0)
            return
        with contextlib.suppress(FileNotFoundError):
            os.unlink(stamp_path)
        if not same_environment:
            make_venv(venv, progress)
            install_netifaces(site_packages(python))
            install_packages(python, pins, options, progress)
        install_layer(python, site_packages(python), progress)
        versions = verify(python, options, progress)
        write_stamp(stamp_path, {**wanted, "python": platform.python_version(), "versions": versions})
        progress("done", "The engine is ready", 1.0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", required=True, metavar="DIR")
    parser.add_argument("--user", metavar="NAME")
    parser.add_argument("--buildout-requirement", action="append", default=[], metavar="REQ")
    parser.add_argument("--find-links", action="append", default=[], metavar="URL")
    parser.error = lambda message: (print("provision.py: " + message, file=sys.stderr), sys.exit(USAGE))
    options = parser.parse_args()
    os.umask(0o022)
    progress = Progress()
    try:
        if options.user:
            try:
                pwd.getpwnam(options.user)
            except KeyError:
                raise ProvisionFailed(USAGE, "There is no user %s" % options.user) from None
        provision(options, progress)
    except ProvisionFailed as failure:
        code, message = failure.code, str(failure)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        refused = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)
        code = NOT_WRITABLE if full or refused else FAILED
        message = "The disk is full: free some space and start again" if full else "%s cannot be written: %s" % (
            options.engine, error) if refused else "Provisioning failed: %s" % error
    else:
        return 0
    message = " ".join(message.split())
    progress("failed", message, code=code)
    print(message, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
