"""Gap: zc.buildout has no `dumps`, which slapos.cookbook:switch-softwaretype needs to run a profile inside a profile.

It gives a section as one text, from which the inner buildout reads it back (see `option_values`). `${` is written so
that the inner buildout does not take it for a substitution.
"""

import pprint

from webrunner_engine.layer.option_values import MARK


def plain(value):
    """Sections become dictionaries, at any depth."""
    if hasattr(value, "items"):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def repair(module):
    if not hasattr(module, "dumps"):
        module.dumps = lambda value: MARK + pprint.pformat(plain(value), width=1 << 20).replace("${", "\\x24{")
