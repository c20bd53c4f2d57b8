"""One run at a time works in a directory, also when one of them is a debugger in a terminal that nobody else knows of."""

import contextlib
import fcntl
import os

from webrunner_engine.report import RunFailed


@contextlib.contextmanager
def directory_lock(path):
    """Held by this process until it ends; a child does not inherit it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunFailed("Another run works in this directory, maybe a debugger in a terminal: end it first") from error
        yield
    finally:
        os.close(handle)
