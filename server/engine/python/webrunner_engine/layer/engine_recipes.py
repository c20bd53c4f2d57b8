"""Gap: a profile that pins a recipe, or what a recipe needs, at another version than the engine has ends in a
VersionConflict: buildout and its recipes share one process, where the engine's version is loaded already.

The engine's version stands in inside that process, and the log says so. What is installed *for the software* (scripts,
eggs of parts) gets the pinned version as ever.
"""

import logging

from packaging.utils import canonicalize_name

_said = set()


def repair(module):
    installer = module.Installer
    install, constrain = installer.install, installer._constrain
    of_engine = {}

    def engine_version(name):
        if not of_engine:
            of_engine.update((canonicalize_name(dist.project_name), dist) for dist in module.pkg_resources.working_set
                             if dist.location in module.buildout_and_setuptools_path)
        return of_engine.get(name)

    def install_noting(self, specs, working_set=None):
        self._for_buildout_itself = working_set is not None
        return install(self, specs, working_set)

    def constrain_unless_loaded(self, requirement):
        name = canonicalize_name(requirement.project_name)
        if getattr(self, "_for_buildout_itself", False) and name in self._versions:
            dist = engine_version(name)
            if dist is not None and dist in requirement:
                constrained = constrain(self, requirement)
                if dist in constrained:
                    return constrained
                if name not in _said:
                    _said.add(name)
                    logging.getLogger("webrunner_engine").info(
                        "For the recipes, the engine's %s %s stands in for the pinned %s", name, dist.version,
                        self._versions[name])
                return requirement
        return constrain(self, requirement)

    installer.install = install_noting
    installer._constrain = constrain_unless_loaded
