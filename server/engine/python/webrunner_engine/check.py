"""Whether the environment works: imports what runs need, and says the versions. Used once, by provision.py."""

import json
from importlib.metadata import version

NAMES = ("zc.buildout", "slapos.core", "slapos.cookbook", "setuptools", "supervisor")


def check():
    import netifaces
    import slapos.grid.slapgrid
    import slapos.proxy.views
    import slapos.slap
    import zc.buildout.buildout
    import zc.buildout.easy_install

    netifaces.interfaces()
    print(json.dumps({name: version(name) for name in NAMES}))
    return 0
