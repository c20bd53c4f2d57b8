"""Files as they would be after a run: what is written lands in a shadow, what is read comes from there when it was written.

Python's functions for files are replaced, so that a recipe sees its own paths. Programs written in C and child processes
see the real files (and cannot change them, see `sandbox`).
"""

import builtins
import errno
import io
import os
import shutil
import stat

_OPEN, _OS = builtins.open, {name: getattr(os, name) for name in (
    "open", "stat", "lstat", "access", "readlink", "listdir", "scandir", "mkdir", "rmdir", "unlink", "remove", "rename", "replace",
    "symlink", "link", "chmod", "chown", "lchown", "utime", "truncate", "fchmod", "fchown")}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def _missing(path):
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


def _is_there(path):
    try:
        _OS["lstat"](path)
    except OSError:
        return False
    return True


class ShadowFiles:
    """`before_reading` is called with each path that is read, and may write it first."""

    def __init__(self, scratch):
        self._shadow = os.path.join(scratch, "shadow")
        self._gone = set()
        self.before_reading = None

    def put(self, path, content):
        """The file has this content from here on."""
        shadow = self._make_room(path)
        with _OPEN(shadow, "wb") as file:
            file.write(content)

    def written(self, path):
        """What was written there, or None."""
        shadow = self._shadow + path
        if not _is_there(shadow):
            return None
        with _OPEN(shadow, "rb") as file:
            return file.read()

    def hide(self, path):
        self._gone.add(path)

    def real(self, path, reading=True):
        """Where a path is to be looked up."""
        path = self._normal(path)
        if path is None:
            return None
        if reading and self.before_reading is not None:
            self.before_reading(path)
        shadow = self._shadow + path
        if _is_there(shadow):
            return shadow
        if self._is_gone(path):
            raise _missing(path)
        return path

    def _normal(self, path):
        """None for what is no name of an ordinary file."""
        if isinstance(path, int):
            return None
        path = os.path.abspath(os.fsdecode(os.fspath(path)))
        return None if path.startswith(("/proc/", "/dev/", self._shadow)) else path

    def _is_gone(self, path):
        while path != "/":
            if path in self._gone:
                return True
            if _is_there(self._shadow + path):
                return False
            path = os.path.dirname(path)
        return False

    def _exists(self, path):
        try:
            _OS["stat"](self.real(path, reading=False))
        except OSError:
            return False
        return True

    def _make_room(self, path):
        """The shadow of a path, with its directory there."""
        directory = os.path.dirname(path)
        if not self._exists(directory):
            raise _missing(directory)
        shadow = self._shadow + directory
        missing = []
        while not _is_there(shadow):
            missing.append(shadow)
            shadow = os.path.dirname(shadow)
        for name in reversed(missing):
            _OS["mkdir"](name)
        self._gone.discard(path)
        return self._shadow + path

    def _for_writing(self, path, keeps):
        """A path to open for writing; with what is there before, when that is kept."""
        content, mode = None, None
        if keeps and self._exists(path):
            real = self.real(path)
            mode = stat.S_IMODE(_OS["stat"](real).st_mode)
            if real.startswith(self._shadow):
                return real
            with _OPEN(real, "rb") as file:
                content = file.read()
        shadow = self._make_room(path)
        if content is not None:
            with _OPEN(shadow, "wb") as file:
                file.write(content)
            _OS["chmod"](shadow, mode | stat.S_IWUSR)
        return shadow

    def install(self):
        """From here on Python's functions work on these files."""
        os.makedirs(self._shadow, exist_ok=True)

        def open_file(file, mode="r", *rest, **options):
            path = self._normal(file) if not isinstance(file, int) else None
            if path is None:
                return _OPEN(file, mode, *rest, **options)
            if any(letter in mode for letter in "wax+"):
                if "x" in mode and self._exists(path):
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), file)
                return _OPEN(self._for_writing(path, keeps="w" not in mode), mode, *rest, **options)
            return _OPEN(self.real(path), mode, *rest, **options)

        def open_descriptor(path, flags, mode=0o777, *, dir_fd=None):
            normal = self._normal(path) if dir_fd is None else None
            if normal is None:
                return _OS["open"](path, flags, mode, dir_fd=dir_fd)
            if not flags & _WRITING:
                return _OS["open"](self.real(normal), flags, mode)
            if flags & os.O_EXCL and self._exists(normal):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
            if not flags & os.O_CREAT and not self._exists(normal):
                raise _missing(path)
            return _OS["open"](self._for_writing(normal, keeps=not flags & os.O_TRUNC), flags, mode)

        def looking(name):
            function = _OS[name]

            def look(path=".", *rest, **options):
                if options.get("dir_fd") is not None or self._normal(path) is None:
                    return function(path, *rest, **options)
                try:
                    return function(self.real(path), *rest, **options)
                except FileNotFoundError:
                    if name == "access":
                        return False
                    raise

            return look

        def listdir(path="."):
            normal = self._normal(path)
            if normal is None:
                return _OS["listdir"](path)
            names, seen = set(), False
            for place in (self._shadow + normal, None if self._is_gone(normal) else normal):
                if place is not None and _is_there(place):
                    seen = True
                    names.update(_OS["listdir"](place))
            if not seen:
                raise _missing(path)
            return sorted(name for name in names if self._exists(os.path.join(normal, name)))

        def mkdir(path, mode=0o777, *, dir_fd=None):
            normal = self._normal(path)
            if normal is None:
                return _OS["mkdir"](path, mode, dir_fd=dir_fd)
            if self._exists(normal):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
            _OS["mkdir"](self._make_room(normal), mode | stat.S_IRWXU)

        def unlink(path, *, dir_fd=None):
            normal = self._normal(path)
            if normal is None:
                return _OS["unlink"](path, dir_fd=dir_fd)
            self.real(normal)
            remove_tree(normal)

        def remove_tree(path, *_rest, **_options):
            normal = self._normal(path)
            shadow = self._shadow + normal
            if _is_there(shadow):
                if stat.S_ISDIR(_OS["lstat"](shadow).st_mode):
                    for name in _OS["listdir"](shadow):
                        remove_tree(os.path.join(normal, name))
                    _OS["rmdir"](shadow)
                else:
                    _OS["unlink"](shadow)
            self._gone.add(normal)

        def rename(source, target, **_options):
            content = open_file(source, "rb").read()
            mode = _OS["stat"](self.real(source)).st_mode
            with open_file(target, "wb") as file:
                file.write(content)
            _OS["chmod"](self._shadow + self._normal(target), stat.S_IMODE(mode))
            remove_tree(source)

        def link(source, target, **_options):
            with open_file(target, "wb") as file:
                file.write(open_file(source, "rb").read())

        def symlink(source, target, *_rest, **_options):
            normal = self._normal(target)
            if self._exists(normal):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)
            _OS["symlink"](source, self._make_room(normal))

        def changing(name):
            function = _OS[name]

            def change(path, *rest, **options):
                # Modes, owners and times of what the preview does not write are of no interest to it.
                shadow = self._shadow + (self._normal(path) or "/")
                if _is_there(shadow) and not os.path.islink(shadow):
                    function(shadow, *rest, **options)

            return change

        def of_descriptor(name):
            function = _OS[name]

            def change(descriptor, *rest):
                if _OS["readlink"]("/proc/self/fd/%d" % descriptor).startswith(self._shadow):
                    function(descriptor, *rest)

            return change

        builtins.open = io.open = open_file
        for name in ("stat", "lstat", "access", "readlink", "scandir"):
            setattr(os, name, looking(name))
        for name in ("chmod", "utime", "truncate"):
            setattr(os, name, changing(name))
        for name in ("fchmod", "fchown"):
            setattr(os, name, of_descriptor(name))
        os.chown = os.lchown = lambda *_rest, **_options: None
        os.open, os.listdir, os.mkdir, os.symlink, os.link = open_descriptor, listdir, mkdir, symlink, link
        os.unlink = os.remove = os.rmdir = unlink
        os.rename = os.replace = rename
        shutil.rmtree = remove_tree
