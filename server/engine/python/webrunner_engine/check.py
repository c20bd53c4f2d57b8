"""Whether the environment works: imports what runs need, and says the versions. Used once, by provision.py."""

import importlib
import json
from importlib.metadata import version

NAMES = ("zc.buildout", "slapos.core", "slapos.cookbook", "setuptools", "supervisor")
MODULES = ("netifaces", "slapos.grid.slapgrid", "slapos.proxy.views", "slapos.slap", "zc.buildout.buildout")


def check():
    for name in MODULES:
        importlib.import_module(name)
    print(json.dumps({name: version(name) for name in NAMES}))
    return 0
