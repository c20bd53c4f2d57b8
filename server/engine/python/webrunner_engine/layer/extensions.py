"""Gap: official SlapOS stacks load the extension slapos.rebootstrap, which works with SlapOS's own buildout only.

It builds a Python as a part and starts over with it. The embedded engine stays with its own Python, and says so.
"""

import logging

SKIPPED = {"slapos.rebootstrap"}


def repair(module):
    buildout_class = module.Buildout
    load = buildout_class._load_extensions

    def load_without_rebootstrap(self):
        options = self["buildout"]
        extensions = options.get("extensions", "").split()
        if SKIPPED.intersection(extensions):
            for name in sorted(SKIPPED.intersection(extensions)):
                logging.getLogger("webrunner_engine").info(
                    "The extension %s is skipped: the embedded engine stays with its own Python", name)
            options["extensions"] = "\n".join(name for name in extensions if name not in SKIPPED)
        return load(self)

    buildout_class._load_extensions = load_without_rebootstrap
