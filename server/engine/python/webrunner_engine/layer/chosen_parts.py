"""Not a gap but a choice: `WEBRUNNER_PARTS=a b` installs these parts and those that they use, and leaves all others as they are.

`buildout install a` of zc.buildout installs exactly `a`: a part that it uses and that is not there stays away.
Parts that the profile no longer has are not uninstalled by such a run; the next whole one does that.
"""

import os

from webrunner_engine.layer.uses import used_by


def chosen_parts():
    return os.environ.get("WEBRUNNER_PARTS", "").split()


def with_used(buildout, chosen):
    """The chosen parts and all that they use, in the order in which buildout installs them."""
    wanted, waiting = set(), list(chosen)
    while waiting:
        name = waiting.pop()
        if name in wanted:
            continue
        wanted.add(name)
        waiting += used_by(buildout, name)
    return [part for part in buildout._parts if part in wanted]


def repair(module):
    buildout_class = module.Buildout
    install, compute = buildout_class.install, buildout_class._compute_part_signatures

    def install_chosen(self, arguments):
        return install(self, arguments or chosen_parts())

    def compute_for_chosen(self, parts):
        chosen = chosen_parts()
        if chosen:
            # The very list that `install` goes through afterwards.
            parts[:] = with_used(self, chosen)
        return compute(self, parts)

    buildout_class.install = install_chosen
    buildout_class._compute_part_signatures = compute_for_chosen
