"""What a software is built from: the identity of a profile's whole extends closure and of the local files beside it.

A profile is read once, however many profiles extend it. Counted in are: every local profile of the closure, the files in
the directory of each (templates, patches, hashes), everything below the directory of the profile itself, every local
file that a `${:_profile_base_location_}/…` names, and the Python sources of a directory that one names (a develop egg).
The Python sources of recipe eggs in development mode count too.

Invariant: equal identities mean that a build would read equal bytes, but for what it downloads.
"""

import hashlib
import os
import re

_HEADER = re.compile(r"^\[\s*(?P<name>[^\]:]+?)\s*(?::[^\]]*)?\]")
_EXTENDS = re.compile(r"^(?:optional-)?extends\s*\+?=(?P<value>.*)$")
_BASE = re.compile(r"\$\{:_profile_base_location_\}(?P<path>/[^\s'\"]*)?")
# Of a develop egg, what its recipes are made of.
EGG_SUFFIXES = (".py", ".cfg", ".toml", ".in")
_IGNORED = {".git", "__pycache__", "node_modules", ".svn"}

# Bounds against a profile that lies beside (or names) something huge; what is beyond is known by name, size and time only.
MAXIMUM_FILES = 5000
MAXIMUM_BYTES = 64 << 20


def extended_by(text):
    """What a profile extends, in order; conditions of sections are not evaluated, so this may be more than buildout reads."""
    found, section, collecting = [], None, False
    for line in text.splitlines():
        if not line.strip() or line[0] in "#;":
            continue
        if line[0].isspace():
            if collecting:
                found += line.partition("#")[0].split()
            continue
        collecting = False
        header = _HEADER.match(line)
        if header:
            section = header["name"]
        elif section == "buildout":
            option = _EXTENDS.match(line)
            if option:
                collecting = True
                found += option["value"].partition("#")[0].split()
    return found


def is_url(name):
    return "://" in name


def closure(profile):
    """{path: text or None} of the local profiles, and the set of URLs among them."""
    profiles, urls, waiting = {}, set(), [profile]
    while waiting:
        path = waiting.pop()
        if path in profiles:
            continue
        try:
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                profiles[path] = file.read()
        except OSError:
            profiles[path] = None
            continue
        for name in extended_by(profiles[path]):
            if is_url(name):
                urls.add(name)
            else:
                waiting.append(os.path.normpath(os.path.join(os.path.dirname(path), name)))
    return profiles, urls


def _files_below(top, suffixes=None):
    for directory, directories, names in os.walk(top):
        directories[:] = sorted(
            name for name in directories if name not in _IGNORED and not name.startswith(".") and not name.endswith(".egg-info"))
        for name in sorted(names):
            if not name.endswith((".pyc", "~", ".swp")) and (suffixes is None or name.endswith(suffixes)):
                yield os.path.join(directory, name)


def _files_in(directory):
    try:
        with os.scandir(directory) as entries:
            return sorted(entry.path for entry in entries
                          if entry.is_file() and not entry.name.startswith(".") and not entry.name.endswith((".pyc", "~", ".swp")))
    except OSError:
        return []


def _named_by(path, text):
    """The local files that `${:_profile_base_location_}` of this profile names."""
    base = os.path.dirname(path)
    for found in _BASE.finditer(text):
        name = found["path"]
        if not name or "${" in name:
            continue
        target = os.path.normpath(base + name)
        if os.path.isdir(target):
            for file in ("setup.py", "setup.cfg", "pyproject.toml"):
                if os.path.exists(os.path.join(target, file)):
                    yield from _files_below(target, EGG_SUFFIXES)
                    break
        else:
            yield target


def input_files(profile, developed=()):
    profiles, urls = closure(profile)
    files = set(profiles)
    for directory in developed:
        files.update(_files_below(directory, EGG_SUFFIXES))
    for path, text in profiles.items():
        files.update(_files_in(os.path.dirname(path)))
        if text is not None:
            files.update(_named_by(path, text))
    files.update(_files_below(os.path.dirname(profile)))
    return sorted(files), sorted(urls)


class FileHashes:
    """Hashes of files, remembered by (size, time, inode) so that an unchanged tree costs one stat a file."""

    def __init__(self, known):
        self._known = known
        self.now = {}

    def of(self, path):
        try:
            found = os.stat(path)
        except OSError:
            return None
        identity = "%d %d %d" % (found.st_size, found.st_mtime_ns, found.st_ino)
        known = self._known.get(path)
        if known and known[0] == identity:
            value = known[1]
        elif found.st_size > MAXIMUM_BYTES:
            value = "large " + identity
        else:
            try:
                with open(path, "rb") as file:
                    value = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:
                return None
        self.now[path] = [identity, value]
        return value


def changed_files(before, now):
    """The paths whose hashes differ between two `FileHashes.now`."""
    return sorted(path for path in before.keys() | now.keys()
                  if (before.get(path) or [None, None])[1] != (now.get(path) or [None, None])[1])


def identity_of(profile, known, developed=()):
    """(identity, hashes) of a local profile's inputs; `known` are the hashes of the last time."""
    files, urls = input_files(profile, developed)
    hashes = FileHashes(known)
    digest = hashlib.sha256()
    for url in urls:
        digest.update(("url %s\n" % url).encode("utf-8", "surrogateescape"))
    for path in files[:MAXIMUM_FILES]:
        digest.update(("%s %s\n" % (hashes.of(path), path)).encode("utf-8", "surrogateescape"))
    for path in files[MAXIMUM_FILES:]:
        digest.update(("%s\n" % path).encode("utf-8", "surrogateescape"))
    return digest.hexdigest(), hashes.now
