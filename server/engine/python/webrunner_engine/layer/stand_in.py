"""Gap: official SlapOS stacks pin versions that no package index has, such as `zc.buildout = 3.0.1+slapos010`.

The engine's own zc.buildout (and zc.recipe.egg, which belongs to it) stands in for these, and for `X+SlapOSPatchedNNN`,
an egg that SlapOS's buildout would patch, the unpatched X does. The log says so, once for each.
"""

import logging
import re
from importlib.metadata import PackageNotFoundError, version

# Bound to the engine: another version of these cannot run in its environment.
OWN = {"zc-buildout", "zc-recipe-egg"}

_SLAPOS_ONLY = re.compile(r"^(?:==)?(?P<public>[^+]+)\+(?P<local>slapos\w*)$", re.IGNORECASE)
_said = set()


def _say(message, *arguments):
    if (message, arguments) not in _said:
        _said.add((message, arguments))
        logging.getLogger("webrunner_engine").info(message, *arguments)


def stand_in(name, constraint):
    """The constraint to use instead, for a distribution of this normalized name."""
    found = _SLAPOS_ONLY.match(constraint)
    if found is None:
        return constraint
    pinned = "%s+%s" % (found["public"], found["local"])
    if name in OWN:
        try:
            own = version(name)
        except PackageNotFoundError:
            return constraint
        _say("The embedded %s %s stands in for the pinned %s, which no package index has", name, own, pinned)
        return own
    _say("Unpatched %s %s stands in for the pinned %s, which only SlapOS's own buildout makes", name, found["public"], pinned)
    return found["public"]


def repair(module):
    normalize = module.normalize_versions

    def with_stand_ins(versions):
        return {name: stand_in(name, constraint) for name, constraint in normalize(versions).items()}

    module.normalize_versions = with_stand_ins
