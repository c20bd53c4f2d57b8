"""show-options.py PROFILE SECTION...: the options of sections as buildout hands them out, and how often a file was parsed."""

import json
import logging
import os
import sys

import zc.buildout.buildout
import zc.buildout.configparser

logging.disable(logging.CRITICAL)
parse, reads = zc.buildout.configparser.parse, []


def counted(file, name, *rest):
    reads.append(name)
    return parse(file, name, *rest)


zc.buildout.configparser.parse = counted
buildout = zc.buildout.buildout.Buildout(sys.argv[1], [("buildout", "directory", os.getcwd())], False)
print(json.dumps({"reads": len(reads), **{name: dict(buildout[name]) for name in sys.argv[2:]}}))
