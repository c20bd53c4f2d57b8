"""Gap: a recipe egg that is developed (`buildout:develop`) is not used where the engine has that egg itself.

The engine has the usual recipes in its own environment; buildout finds them loaded and looks no further. A developed egg
takes the place of the loaded one here, and its modules come first, unless the versions section pins another version of
it. So it is in every buildout that has the link: that of a software, and those of its instances, which use its
`develop-eggs-directory`.

Also the way to develop an egg without a word in the user's profiles: WEBRUNNER_ENGINE_DEVELOP is a JSON list of
[egg, directory]. Each directory is added to `buildout:develop` and the pin of its egg is lifted, both as assignments of
the command line do. Buildout develops eggs before it looks for the first recipe, so that the first run has it already.

Buildout also loads the links of its last run before it removes them; those of an egg that is developed no longer are
removed first here, or the run after going back to the released egg would still import the checkout.

Where such recipes are really imported from stands in `.webrunner-recipes.json`, beside .installed.cfg.
"""

import contextlib
import glob
import json
import logging
import os
import sys

from packaging.utils import canonicalize_name

VARIABLE = "WEBRUNNER_ENGINE_DEVELOP"
NAME = ".webrunner-recipes.json"
# The rest of a namespace package's names are not ours to reorder.
_NAMESPACES = ("slapos", "slapos.recipe", "slapos.toolbox")


def wanted():
    """{normalized name: directory} of the eggs that the environment names."""
    try:
        return {canonicalize_name(egg): directory for egg, directory in json.loads(os.environ.get(VARIABLE) or "[]")}
    except (ValueError, TypeError):
        return {}


def lift_pins(options, data, eggs, make_key):
    """Adds to `options`, those of the command line, an empty pin for each of these eggs that `data` pins."""
    named = options.get("buildout", {}).get("versions") or data.get("buildout", {}).get("versions")
    section = named.value if named is not None else "versions"
    for pinned in list(data.get(section, {})):
        if canonicalize_name(pinned) in eggs:
            options.setdefault(section, {})[pinned] = make_key("", "COMMAND_LINE_VALUE")


def developed(pkg_resources, develop_eggs):
    """The distributions that develop links stand for, but for those of the engine itself (zc.buildout's own link)."""
    own = os.path.join(os.path.realpath(sys.prefix), "")
    # An editable installation leaves its metadata beside the link, which looks like another distribution of that name.
    metadata = os.path.realpath(develop_eggs)
    for distribution in pkg_resources.find_distributions(develop_eggs):
        location = os.path.realpath(distribution.location)
        if distribution.precedence == pkg_resources.DEVELOP_DIST and location != metadata and not location.startswith(own):
            yield distribution


def is_pinned_otherwise(buildout, distribution):
    pins = {canonicalize_name(name): pin.strip() for name, pin in buildout.versions.items()}
    pin = pins.get(canonicalize_name(distribution.project_name), "")
    return bool(pin) and pin[0].isdigit() and pin != distribution.version


def linked_by(links):
    """The directories that these files of develop-eggs lead to."""
    found = set()
    for link in links.split("\n"):
        if link.endswith(".egg-link"):
            with contextlib.suppress(OSError), open(link, encoding="utf-8") as file:
                found.add(os.path.realpath(file.readline().strip()))
    return found


def put_first(pkg_resources, distribution):
    """Makes `distribution` the one that is loaded, in place of another of its name."""
    working_set = pkg_resources.working_set
    for loaded in list(working_set):
        if canonicalize_name(loaded.project_name) == canonicalize_name(distribution.project_name):
            working_set.by_key.pop(loaded.key, None)
            for keys in working_set.entry_keys.values():
                if loaded.key in keys:
                    keys.remove(loaded.key)
    location = distribution.location
    if location in sys.path:
        sys.path.remove(location)
    sys.path.insert(0, location)
    working_set.add(distribution, location, insert=False, replace=True)
    for name in _NAMESPACES:
        module, below = sys.modules.get(name), os.path.join(location, *name.split("."))
        if module is not None and hasattr(module, "__path__") and os.path.isdir(below):
            module.__path__ = [below] + [path for path in module.__path__ if path != below]


def write_record(directory, record):
    path = os.path.join(directory, NAME)
    # Only the status chip needs it.
    with contextlib.suppress(OSError):
        if not record:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            return
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(record, file)
        os.replace(path + ".new", path)


def repair(module):
    buildout_class, pkg_resources = module.Buildout, module.pkg_resources
    initialize, develop, update = buildout_class.__init__, buildout_class._develop, module._update
    install = buildout_class.install
    log = logging.getLogger("webrunner_engine")

    def update_lifting_pins(data, options):
        # Only the assignments of the command line say `develop +` in this way, and they come last.
        added = options.get("buildout", {}).get("develop +")
        if added is not None and added.source == "COMMAND_LINE_VALUE":
            lift_pins(options, data, wanted(), module.SectionKey)
        return update(data, options)

    def initialize_with_developed(self, config_file, assignments, *rest, **named):
        eggs = wanted()
        if eggs:
            assignments = [*assignments, ("buildout", "develop +", "\n".join(eggs.values()))]
        return initialize(self, config_file, assignments, *rest, **named)

    def develop_and_use(self):
        links, record = develop(self), {}
        loaded = {canonicalize_name(each.project_name) for each in pkg_resources.working_set}
        for distribution in developed(pkg_resources, self["buildout"]["develop-eggs-directory"]):
            name = canonicalize_name(distribution.project_name)
            if name in loaded:
                if is_pinned_otherwise(self, distribution):
                    continue
                put_first(pkg_resources, distribution)
                log.info("The recipe egg %s is imported from %r, in place of the engine's",
                         distribution.project_name, distribution.location)
            record[distribution.project_name] = {"location": distribution.location, "version": distribution.version}
        write_record(self["buildout"]["directory"], record)
        return links

    def install_without_old_links(self, arguments):
        links = self._read_installed_part_options()[0]["buildout"].get("installed_develop_eggs", "")
        directories = [self._buildout_path(each) for each in self["buildout"].get("develop", "").split()]
        now = {os.path.realpath(found) for each in directories for found in glob.glob(each)}
        if not linked_by(links) <= now:
            self._uninstall(links)
        return install(self, arguments)

    module._update = update_lifting_pins
    buildout_class.install = install_without_old_links
    buildout_class.__init__ = initialize_with_developed
    buildout_class._develop = develop_and_use
