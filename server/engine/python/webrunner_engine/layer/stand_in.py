"""Gap: official SlapOS stacks pin versions that no package index has, such as `zc.buildout = 3.0.1+slapos010`.

The engine's own zc.buildout (and zc.recipe.egg, which belongs to it) stands in for every pinned version of these: the
engine is what runs, another one beside it is a VersionConflict. And for `X+SlapOSPatchedNNN`, an egg that SlapOS's buildout would patch, the unpatched X does. The log says so, once for each. `X:whl`, SlapOS's way to
say that version X may come as a wheel, is X: wheels are always taken here. A pin of a tool that the embedded zc.buildout
cannot work with (it requires a newer pip) gives way to the engine's version of it as well.
"""

import logging
import re
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

# Bound to the engine: another version of these cannot run in its environment.
OWN = {"zc-buildout", "zc-recipe-egg"}

_SLAPOS_ONLY = re.compile(r"^(?:==)?(?P<public>[^+]+)\+(?P<local>slapos\w*)$", re.IGNORECASE)
_said = set()


def _say(message, *arguments):
    if (message, arguments) not in _said:
        _said.add((message, arguments))
        logging.getLogger("webrunner_engine").info(message, *arguments)


def own_requirements():
    """{normalized name: what the engine's zc.buildout accepts of it}."""
    found = map(Requirement, requires("zc.buildout") or [])
    return {canonicalize_name(each.name): each.specifier for each in found if each.marker is None or each.marker.evaluate()}


def tool_stand_in(name, constraint, accepted):
    try:
        fits = Version(constraint.removeprefix("==").strip()) in accepted
    except InvalidVersion:
        return constraint  # a range: it may well fit
    if fits:
        return constraint
    own = version(name)
    _say("The engine's %s %s stands in for the pinned %s, which the embedded zc.buildout cannot work with", name, own, constraint)
    return own


def own_stand_in(name, constraint):
    try:
        own = version(name)
        if constraint[:1] in "<>!~" or Version(own) == Version(constraint.removeprefix("==").strip()):
            return constraint
    except (PackageNotFoundError, InvalidVersion):
        return constraint
    _say("The embedded %s %s stands in for the pinned %s", name, own, constraint)
    return own


def stand_in(name, constraint):
    """The constraint to use instead, for a distribution of this normalized name."""
    constraint = constraint.removesuffix(":whl")
    if name in OWN:
        return own_stand_in(name, constraint)
    found = _SLAPOS_ONLY.match(constraint)
    if found is None:
        return constraint
    _say("Unpatched %s %s stands in for the pinned %s, which only SlapOS's own buildout makes", name, found["public"],
         "%s+%s" % (found["public"], found["local"]))
    return found["public"]


def repair(module):
    normalize = module.normalize_versions

    def with_stand_ins(versions):
        accepted = own_requirements()
        pins = {name: stand_in(name, constraint) for name, constraint in normalize(versions).items()}
        return {name: tool_stand_in(name, pin, accepted[name]) if name in accepted else pin for name, pin in pins.items()}

    module.normalize_versions = with_stand_ins
