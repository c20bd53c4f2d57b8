"""Files that were downloaded once, by what they contain: `md5-<digest>` or `sha256-<digest>` below one directory.

A file is here only whole and only when its content has that digest; it appears by rename. Whoever takes one takes a
copy. What was not used for longest is removed when the store has grown beyond its limit.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile

LIMIT_BYTES = 10 << 30


class DownloadStore:
    def __init__(self, directory):
        self.directory = directory

    def path_of(self, algorithm, digest):
        return os.path.join(self.directory, "%s-%s" % (algorithm, digest.lower()))

    def find(self, algorithm, digest):
        """The path of the file with this digest; its content is checked, since a disk may have failed meanwhile."""
        path = self.path_of(algorithm, digest)
        try:
            if digest_of(path, algorithm) != digest.lower():
                os.unlink(path)
                return None
            os.utime(path)
        except OSError:
            return None
        return path

    def has(self, algorithm, digest):
        return os.path.isfile(self.path_of(algorithm, digest))

    def keep(self, source, algorithm, digest):
        """Copies a file whose content was checked. A full disk is the run's matter, not the store's."""
        path = self.path_of(algorithm, digest)
        if os.path.exists(path):
            return
        with contextlib.suppress(OSError):
            temporary = self.new_file()
            try:
                shutil.copyfile(source, temporary)
                os.replace(temporary, path)
            except OSError:
                os.unlink(temporary)
                raise

    def new_file(self):
        os.makedirs(self.directory, exist_ok=True)
        handle, path = tempfile.mkstemp(prefix=".new-", dir=self.directory)
        os.close(handle)
        os.chmod(path, 0o644)
        return path

    def accept(self, temporary, algorithm, digest):
        os.replace(temporary, self.path_of(algorithm, digest))

    def prune(self, limit=LIMIT_BYTES):
        with contextlib.suppress(OSError):
            found = [(entry.stat(), entry.path) for entry in os.scandir(self.directory) if entry.is_file()]
            total = sum(stats.st_size for stats, _ in found)
            for stats, path in sorted(found, key=lambda each: each[0].st_mtime):
                if total <= limit:
                    return
                os.unlink(path)
                total -= stats.st_size


def digest_of(path, algorithm):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def store_of_environment():
    directory = os.environ.get("WEBRUNNER_DOWNLOADS")
    return DownloadStore(directory) if directory else None
