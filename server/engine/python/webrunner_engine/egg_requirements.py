"""What an egg requires, read from the file that an index gives: a wheel, a source archive or an egg.

Nothing of it is executed. A source archive without metadata of its requirements (they are made when it is built) says
nothing: what it requires is found out by the run.
"""

import importlib.metadata
import re
import tarfile
import zipfile

from packaging.requirements import InvalidRequirement, Requirement

# Metadata is text of some kilobytes; what is larger is something else.
LIMIT_BYTES = 4 << 20
# `x-1.dist-info/METADATA` of a wheel, `EGG-INFO/…` of an egg, `x-1/PKG-INFO` and `x-1/src/x.egg-info/…` of a source archive.
METADATA = re.compile(r"[^/]+/(?:METADATA|PKG-INFO)$")
REQUIRES = re.compile(r"(?:EGG-INFO|(?:[^/]+/){1,3}[^/]+\.egg-info)/requires\.txt$")


class _Texts(importlib.metadata.Distribution):
    def __init__(self, texts):
        self._texts = texts

    def read_text(self, filename):
        return self._texts.get(filename)

    def locate_file(self, path):
        raise NotImplementedError("nothing is installed")


def requirements_of(path, extras=()):
    """The requirements that hold for this Python, with what these extras add."""
    return _requirements(_Texts(_read_texts(path)), extras)


def requirements_in(metadata, extras=()):
    """The same of the text of a `METADATA` file."""
    return _requirements(_Texts({"METADATA": metadata}), extras)


def _requirements(texts, extras):
    found = []
    for line in texts.requires or ():
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            found.append(requirement)
    return found


def _read_texts(path):
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return _pick({info.filename: info.file_size for info in archive.infolist()}, archive.read)
        with tarfile.open(path) as archive:
            members = {member.name: member for member in archive if member.isfile()}
            sizes = {name: member.size for name, member in members.items()}
            return _pick(sizes, lambda name: archive.extractfile(members[name]).read())
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, tarfile.TarError):
        return {}


def _pick(sizes, read):
    texts = {}
    for name, size in sizes.items():
        plain = name[2:] if name.startswith("./") else name
        if size > LIMIT_BYTES or not (METADATA.match(plain) or REQUIRES.match(plain)):
            continue
        texts[plain.rpartition("/")[2]] = read(name).decode("utf-8", "replace")
    return texts
