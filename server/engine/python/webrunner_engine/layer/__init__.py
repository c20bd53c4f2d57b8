"""What the released packages lack for SlapOS, repaired while they are imported.

A .pth file of the engine's environment imports this module in every Python process of it, so it must be cheap: it only
registers a finder. A gap is one module of this package with `TARGETS`, the modules it repairs, and `repair(module)`,
called once for each, right after its import. Nothing on disk is changed.

WEBRUNNER_ENGINE_WITHOUT=name,name leaves gaps open: that is how each test shows that its gap is still there.
WEBRUNNER_ENGINE_DIALECT=upstream leaves open those that change what a profile means (see docs/engine.md).
"""

import importlib
import importlib.abc
import importlib.machinery
import os
import sys

# Module to repair -> the gaps to close in it, in this order.
GAPS = {
    "slapos.util": ["package_resources"],
    "slapos.grid.utils": ["bootstrap"],
    "zc.buildout.buildout": [
        "line_buffering",
        "profile_base_location",
        "extends_once",
        "repeated_additions",
        "option_values",
        "software_types",
        "eggs_directory",
        "part_inputs",
        "extensions",
        "developed_recipes",
        "chosen_parts",
        "keep_going",
    ],
    "zc.buildout.easy_install": ["offline_eggs", "stand_in", "engine_recipes"],
    "zc.buildout._package_index": ["index_scan", "kept_downloads"],
    "zc.buildout.download": ["hard_links", "kept_downloads"],
}

# These change the meaning of a profile: only in SlapOS's dialect.
DIALECT_GAPS = {"profile_base_location", "repeated_additions", "option_values", "software_types", "part_inputs"}


def open_gaps():
    left = set(filter(None, os.environ.get("WEBRUNNER_ENGINE_WITHOUT", "").split(",")))
    if os.environ.get("WEBRUNNER_ENGINE_DIALECT") == "upstream":
        left |= DIALECT_GAPS
    return left


def slapos_buildout():
    """Whether the environment has SlapOS's own zc.buildout, which needs no repair."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return "+slapos" in version("zc.buildout")
    except PackageNotFoundError:
        return False


class _RepairingLoader(importlib.abc.Loader):
    def __init__(self, loader, gaps):
        self._loader = loader
        self._gaps = gaps

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        module.__loader__ = module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        for name in self._gaps:
            importlib.import_module("%s.%s" % (__name__, name)).repair(module)


class _RepairingFinder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name not in GAPS:
            return None
        if name.startswith("zc.buildout") and slapos_buildout():
            return None
        left = open_gaps()
        gaps = [gap for gap in GAPS[name] if gap not in left]
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if gaps and spec is not None and spec.loader is not None:
            spec.loader = _RepairingLoader(spec.loader, gaps)
        return spec


def install():
    if not any(isinstance(finder, _RepairingFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _RepairingFinder())


install()
