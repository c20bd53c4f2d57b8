"""What the user chose for one run: which parts, whether to keep going, what is fetched before; see docs/engine.md."""

import os
import re

from webrunner_engine.report import SpecError
from webrunner_engine.spec import take, take_path


def environment_of(spec):
    """For the processes of zc.buildout, where the layer looks for it."""
    environment = {}
    store = take_path(spec, "store", required=False)
    if store:
        os.makedirs(store, exist_ok=True)
        environment["WEBRUNNER_DOWNLOADS"] = store
    if take(spec, "keepGoing", bool, False):
        environment["WEBRUNNER_KEEP_GOING"] = "1"
    parts = take(spec, "parts", list, [])
    if not all(isinstance(part, str) and re.match(r"^[^\s\-]\S*$", part) for part in parts):
        raise SpecError("parts must be names of sections")
    if parts:
        environment["WEBRUNNER_PARTS"] = " ".join(parts)
    return environment


def fetch_before(spec, choices):
    """Imported only when there is something to fetch: a run that has nothing to do must be quick."""
    plan = take(spec, "preflight", dict, {})
    if any(plan.get(name) for name in ("files", "eggs", "checkouts", "extends")):
        from webrunner_engine.preflight import preflight

        preflight(spec, "WEBRUNNER_KEEP_GOING" in choices)
