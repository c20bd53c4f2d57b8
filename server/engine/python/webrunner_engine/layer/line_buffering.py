"""Gap: slapgrid removes PYTHONUNBUFFERED, so what recipes print appears late in the log, after a later traceback."""

import io
import sys


def repair(module):
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)
