"""The driver's own lines in a run's log, and the errors that end a run with one of them.

Promise: each line begins with `webrunner: ` and is written at once; no value of a parameter is ever in one.
"""

import sys

DONE, FAILED, PROMISE_FAILED, USAGE = 0, 1, 2, 4


class RunFailed(Exception):
    """The run ends here, with this line and exit code."""

    def __init__(self, message, code=FAILED):
        super().__init__(message)
        self.code = code


class SpecError(RunFailed):
    def __init__(self, message):
        super().__init__(message, USAGE)


def say(message):
    sys.stdout.write("webrunner: %s\n" % " ".join(str(message).split()))
    sys.stdout.flush()


def say_error(message):
    say("Error: %s" % message)
