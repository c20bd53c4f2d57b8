"""Which sections a section uses: those it refers to, and those that its recipe looked at (noted by part_inputs)."""

import re

_SECTION = re.compile(r"\$\{([^:}]+):")


def used_by(buildout, name):
    options = buildout._data.get(name)
    if options is None:
        return []
    found = set(options.__dict__.get("_depends_on", ()))
    for value in options._raw.values():
        found.update(_SECTION.findall(value))
    return sorted(found - {"buildout", name})
