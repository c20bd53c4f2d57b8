"""Not a gap but a choice: with `WEBRUNNER_KEEP_GOING=1` the parts that do not use a failed part are installed all the same.

zc.buildout ends at the first part that fails. Here what it would print is printed at once, the part counts as not
installed, the parts that use it (directly or not) are skipped, and the others have their turn. The exit code is 1 all
the same, and `.installed.cfg` has what was installed: the next run takes up what failed and what was skipped.

What fails before the first part is begun (a profile that cannot be read, a recipe that cannot be made) ends the run as
ever: nothing is known to be independent of it.
"""

import logging
import os
import sys
import traceback

from webrunner_engine.layer.uses import used_by


def keeps_going():
    return os.environ.get("WEBRUNNER_KEEP_GOING") == "1"


class Outcome:
    """What has come of the parts of one run so far."""

    def __init__(self, standing):
        # Installed, and not uninstalled by this run: a call for one of these is an update.
        self.standing = standing
        self.failed = []
        self.skipped = []

    @property
    def missing(self):
        return {*self.failed, *self.skipped}


def failed_use(buildout, part, missing):
    """The failed or skipped part that this one uses, directly or not."""
    seen, waiting = {part}, list(used_by(buildout, part))
    while waiting:
        name = waiting.pop(0)
        if name in missing:
            return name
        if name not in seen:
            seen.add(name)
            waiting += used_by(buildout, name)
    return None


def tell(module, action, part, error):
    """As zc.buildout's own `main` does for a run that ends."""
    steps, trace = ["%s %s." % (action, part)], error.__traceback__
    while trace is not None:
        doing = trace.tb_frame.f_locals.get("__doing__")
        if doing:
            steps.append(doing if isinstance(doing, str) else doing[0] % doing[1:])
        trace = trace.tb_next
    sys.stdout.flush()
    sys.stderr.write("While:\n%s" % "".join("  %s\n" % step for step in steps))
    if isinstance(error, (module.zc.buildout.UserError, module.distutils.errors.DistutilsError)):
        sys.stderr.write("Error: %s\n" % error)
    else:
        sys.stderr.write(module._internal_error_template)
        traceback.print_exception(error)
    sys.stderr.flush()


def names(parts):
    return ", ".join(parts)


def repair(module):
    options_class, buildout_class = module.Options, module.Buildout
    call, install, compute = options_class._call, buildout_class.install, buildout_class._compute_part_signatures
    uninstall_part, save = buildout_class._uninstall_part, buildout_class._save_installed_options
    update_installed, check_unused = buildout_class._update_installed, module._check_for_unused_options_in_section
    log = logging.getLogger("webrunner_engine")

    def outcome_of(buildout):
        return buildout.__dict__.get("_outcome")

    def compute_and_note(self, parts):
        if keeps_going():
            self.__dict__["_outcome"] = Outcome(set((self._read_installed_part_options()[0]["buildout"]["parts"] or "").split()))
        return compute(self, parts)

    def uninstall_and_note(self, part, installed):
        if outcome_of(self):
            outcome_of(self).standing.discard(part)
        return uninstall_part(self, part, installed)

    def call_and_go_on(self, function):
        outcome = outcome_of(self.buildout)
        if outcome is None:
            return call(self, function)
        is_update = self.name in outcome.standing
        cause = failed_use(self.buildout, self.name, outcome.missing)
        if cause is not None:
            if is_update:
                log.info("Leaving %s as it is: it uses %s, which is not installed.", self.name, cause)
                return None
            log.info("Skipping %s: it uses %s, which is not installed.", self.name, cause)
            outcome.skipped.append(self.name)
            return ()
        try:
            return call(self, function)
        except Exception as error:
            tell(module, "Updating" if is_update else "Installing", self.name, error)
            outcome.failed.append(self.name)
            if is_update:
                before = self.buildout._read_installed_part_options()[0].get(self.name) or {}
                self.buildout._uninstall(before.get("__buildout_installed__", ""))
            return ()

    def without_missing(self, parts):
        outcome = outcome_of(self)
        return " ".join(part for part in parts.split() if not outcome or part not in outcome.missing)

    def save_what_is_there(self, installed):
        installed["buildout"]["parts"] = without_missing(self, installed["buildout"]["parts"] or "")
        return save(self, installed)

    def update_what_is_there(self, **options):
        if "parts" in options:
            options["parts"] = without_missing(self, options["parts"])
        return update_installed(self, **options)

    def check_unused_of_built(buildout, section):
        # What a part that ended early has not read yet is not unused.
        if outcome_of(buildout) is None or section not in outcome_of(buildout).missing:
            check_unused(buildout, section)

    def install_what_can_be(self, arguments):
        install(self, arguments)
        outcome = outcome_of(self)
        if outcome is None or not outcome.failed:
            return
        skipped = "; skipped: %s" % names(outcome.skipped) if outcome.skipped else ""
        log.error("Kept going to the end. Failed: %s%s", names(outcome.failed), skipped)
        sys.exit(1)

    options_class._call = call_and_go_on
    buildout_class.install = install_what_can_be
    buildout_class._compute_part_signatures = compute_and_note
    buildout_class._uninstall_part = uninstall_and_note
    buildout_class._save_installed_options = save_what_is_there
    buildout_class._update_installed = update_what_is_there
    module._check_for_unused_options_in_section = check_unused_of_built
