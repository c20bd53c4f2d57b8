"""The verb `recipe`: one section's recipe, alone, in a directory of its own.

The profile is resolved as ever, with the scratch directory as buildout's; the sections that the release has installed
stand as they were installed, with all that their recipes set. So the one recipe gets the options that a run would give
it, nothing else is installed, and it takes seconds. `installed` may be a partition: its small files are copied first.

Invariant: nothing below `installed` is changed by the recipe's own process; what would is a PermissionError.
"""

import contextlib
import logging
import os
import shutil
import sys
import traceback

from webrunner_engine.development import take_develop, use_develop
from webrunner_engine.node import BIN
from webrunner_engine.report import DONE, FAILED, RunFailed, say, say_error
from webrunner_engine.spec import take, take_path

# Configuration files of a partition are small; its data is not copied.
COPIED_BYTES = 1 << 20
SHOWN_FILES = 200
_NOT_MADE = {"eggs", "develop-eggs", "extends-cache"}
_CHANGES = {"os.mkdir", "os.remove", "os.rmdir", "os.rename", "os.symlink", "os.link", "os.chmod", "os.chown", "os.truncate", "os.utime"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def guard(directory):
    """Refuses changes below `directory` for the rest of this process."""
    below = os.path.join(os.path.realpath(directory), "")

    def check(path):
        if isinstance(path, (str, bytes)) and (os.path.realpath(os.fsdecode(path)) + os.sep).startswith(below):
            raise PermissionError("The test of a recipe leaves the release as it is, but the recipe would change %s"
                                  % os.fsdecode(path))

    def look(event, arguments):
        if event == "open":
            path, _mode, flags = arguments
            if flags & _WRITING:
                check(path)
        elif event in _CHANGES:
            check(arguments[0])
            if event in ("os.rename", "os.link", "os.symlink"):
                check(arguments[1])

    sys.dont_write_bytecode = True
    sys.addaudithook(look)


def link_eggs(source, target):
    """Eggs that the release has need not be fetched again."""
    for below in ("", "v5"):
        with contextlib.suppress(OSError):
            for entry in os.scandir(os.path.join(source, "eggs", below)):
                if entry.name.endswith(".egg"):
                    os.makedirs(os.path.join(target, "eggs", below), exist_ok=True)
                    os.symlink(entry.path, os.path.join(target, "eggs", below, entry.name))


def copy_partition(source, target):
    for directory, directories, names in os.walk(source):
        directories[:] = [name for name in directories if name not in (".slapgrid", "srv", "var", "tmp")]
        place = os.path.join(target, os.path.relpath(directory, source))
        os.makedirs(place, exist_ok=True)
        for name in names:
            path = os.path.join(directory, name)
            if os.path.islink(path) or (os.path.isfile(path) and os.path.getsize(path) <= COPIED_BYTES):
                shutil.copy2(path, os.path.join(place, name), follow_symlinks=False)


def read_installed(module, directory):
    """{section: options} of a .installed.cfg, all resolved."""
    path = os.path.join(directory, ".installed.cfg")
    try:
        with open(path, encoding="utf-8") as file:
            sections = module.zc.buildout.configparser.parse(file, path)
    except FileNotFoundError:
        return {}
    for options in sections.values():
        for option, value in options.items():
            for name, text in module._spacey_defaults:
                value = value.replace(name, text)
            options[option] = value
    sections.pop("buildout", None)
    return sections


def set_installed(module, buildout, sections, but):
    for name, options in sections.items():
        if name == but or name not in buildout._raw:
            continue
        values = {option: value for option, value in options.items() if not option.startswith("__buildout_")}
        section = module.Options(buildout, name, dict(values))
        section._data.update(values)
        buildout._data[name] = section


def remove_made(options, directory):
    """What was copied of the part's own, so that its recipe makes it anew."""
    for path in options.get("__buildout_installed__", "").split("\n"):
        path = os.path.join(directory, path)
        if path.startswith(directory + os.sep):
            with contextlib.suppress(OSError):
                if os.path.isdir(path):
                    shutil.rmtree(path)
                else:
                    os.unlink(path)


def files_below(directory):
    found = {}
    for top, directories, names in os.walk(directory):
        if top == directory:
            directories[:] = [name for name in directories if name not in _NOT_MADE]
        for name in names:
            path = os.path.join(top, name)
            with contextlib.suppress(OSError):
                info = os.lstat(path)
                found[os.path.relpath(path, directory)] = (info.st_size, info.st_mtime_ns)
    return found


def say_made(before, after, options, given):
    made = sorted(path for path, identity in after.items() if before.get(path) != identity)
    for path in made[:SHOWN_FILES]:
        say("The recipe made %s (%d bytes)" % (path, after[path][0]))
    if len(made) > SHOWN_FILES:
        say("The recipe made %d other files" % (len(made) - SHOWN_FILES))
    if not made:
        say("The recipe made no file")
    for option, value in sorted(options.items()):
        if given.get(option) != value and not option.startswith("__"):
            say("The recipe set %s = %s" % (option, value))


def run_recipe(module, buildout, section, directory):
    options = buildout[section]
    if not options.get("recipe"):
        raise RunFailed("[%s] has no recipe: it is no part, only values for others" % section)
    given = dict(options.__dict__.get("_given") or {})
    missing = [name for name in buildout._parts if name != section]
    if missing:
        say("Not built yet, and not built here: %s. What they would make is not there; run the software for it"
            % ", ".join(missing))
    before = files_below(directory)
    logging.getLogger("zc.buildout").info("Installing %s.", section)
    installed = options._call(options.recipe.install) or ()
    installed = [installed] if isinstance(installed, str) else list(installed)
    say_made(before, files_below(directory), options.copy(), given)
    for path in installed:
        if not os.path.lexists(os.path.join(directory, path)):
            say("The recipe says that it made %s, which is not there" % path)


def run(spec):
    directory, profile = take_path(spec, "directory"), take_path(spec, "profile")
    section = take(spec, "section", str, required=True)
    installed, partition = take_path(spec, "installed", required=False), take(spec, "partition", bool, False)
    if not os.path.isfile(profile):
        raise RunFailed("The profile does not exist: %s" % profile)
    if not partition:
        use_develop(take_develop(spec))
    os.environ["PATH"] = BIN + os.pathsep + os.environ.get("PATH", "/usr/bin:/bin")
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    if installed is not None and os.path.isdir(installed):
        (copy_partition if partition else link_eggs)(installed, directory)
        guard(installed)
    os.chdir(directory)
    sys.stderr = sys.stdout

    import zc.buildout
    import zc.buildout.buildout as module

    assignments = [("buildout", "directory", directory), ("buildout", "parts", section), ("buildout", "newest", "false"),
                   ("buildout", "installed", ".scratch-installed.cfg")]
    try:
        buildout = module.Buildout(profile, assignments, False)
        buildout._load_extensions()
        buildout._setup_directories()
        buildout._develop()
        buildout._update_sys_path()
        if section not in buildout._raw:
            raise RunFailed("The profile has no section [%s]" % section)
        sections = read_installed(module, installed) if installed else {}
        if partition:
            for options in sections.values():
                for option, value in options.items():
                    options[option] = value.replace(installed, directory)
            remove_made(sections.get(section, {}), directory)
        set_installed(module, buildout, sections, section)
        say("Testing the recipe of [%s] in %s" % (section, directory))
        run_recipe(module, buildout, section, directory)
    except RunFailed:
        raise
    except (Exception, SystemExit) as error:  # a recipe may raise, or end the process with, anything
        module._doing()
        if isinstance(error, zc.buildout.UserError):
            sys.stdout.write("Error: %s\n" % error)
        else:
            traceback.print_exc(file=sys.stdout)
        say_error("The recipe of [%s] failed: %s" % (section, error or type(error).__name__))
        return FAILED
    say("The recipe of [%s] worked" % section)
    return DONE
