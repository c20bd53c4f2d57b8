"""Gap: slapos.core >= 1.26 asks importlib.resources for the files of a *module*, which works from Python 3.12 on only.

Seen as: `TypeError: 'slapos.grid.SlapObject' is not a package`, hidden by the command line as an invalid option.
"""

import importlib.resources
import importlib.util
import sys


def package_of(name):
    """The package that holds `name`, which is itself when it is a package."""
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None) or importlib.util.find_spec(name)
    if spec is None or spec.submodule_search_locations is not None:
        return name
    return spec.parent


def repair(module):
    if sys.version_info >= (3, 12):
        return

    def resource(package_name, filename):
        return importlib.resources.files(package_of(package_name)).joinpath(filename)

    module.get_package_resource_bytes = lambda package_name, filename: resource(package_name, filename).read_bytes()
    module.get_package_resource_filename = lambda package_name, filename: str(resource(package_name, filename))
