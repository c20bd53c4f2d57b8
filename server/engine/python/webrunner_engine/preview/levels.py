"""The buildouts that a node's files come from, made anew from the profiles as they are: the software, the partition, and
the one that switch-softwaretype runs inside it.

A level is made when it is needed. A file that a part of the software or of the partition renders (or downloads from the
disk) is rendered again before something reads it, so that all that is read is as the next runs would leave it.
"""

import hashlib
import logging
import os
import re

from webrunner_engine.report import RunFailed

TAIL = "\n\n# This is beginning of zc.buildout profile's tail added by slapgrid"
RENDERS = re.compile(r"^(slapos\.recipe\.template|collective\.recipe\.template)(:|\[|$)")
DOWNLOADS = re.compile(r"^(slapos\.recipe\.build:download|slapos\.recipe\.download|hexagonit\.recipe\.download)$")
SWITCHES = "slapos.cookbook:switch-softwaretype"
# Where a part says what it writes.
OUTPUTS = ("output", "rendered", "target", "wrapper-path")


class Level:
    """One buildout. `makers` are the parts that make a file by themselves, by the path of the file."""

    def __init__(self, name, buildout):
        self.name = name
        self.buildout = buildout
        self._makers = None

    def _raw(self, section, option):
        """As written, inherited by `<=`; not substituted."""
        raw, seen = self.buildout._raw, set()
        while section in raw and section not in seen:
            seen.add(section)
            if option in raw[section]:
                return raw[section][option]
            section = raw[section].get("<", "").strip().split("\n")[0].strip()
        return None

    def makers(self):
        """{path: part}; values of options are substituted, and with that recipes are made, only where they say an output."""
        if self._makers is None:
            self._makers = {}
            for section in list(self.buildout._raw):
                recipe = self._raw(section, "recipe")
                if section == "buildout" or not recipe or "${" in recipe:
                    continue
                for option in OUTPUTS:
                    if self._raw(section, option) is None:
                        continue
                    path = self._value(section, option)
                    if path is not None:
                        self._makers.setdefault(path, section)
                if DOWNLOADS.match(recipe) and self._raw(section, "target") is None:
                    path = self._target_of_download(section)
                    self._makers.setdefault(path, section)
        return self._makers

    def _target_of_download(self, section):
        directory = self.buildout["buildout"]["parts-directory"]
        return os.path.join(directory, section, self._raw(section, "filename") or section)

    def _value(self, section, option):
        """A path, from plain text and options of [buildout], of [directory]-like sections and of the section itself."""
        try:
            return os.path.normpath(self._expand(section, option, set()))
        except (KeyError, RecursionError, AttributeError):
            return None

    def _expand(self, section, option, seen):
        if (section, option) in seen:
            raise KeyError(option)
        seen = seen | {(section, option)}
        if section == "buildout":
            return self.buildout["buildout"][option]
        if option == "_buildout_section_name_":
            return section
        raw = self._raw(section, option)
        if raw is None:
            if option == "location":
                return os.path.join(self.buildout["buildout"]["parts-directory"], section)
            raise KeyError(option)

        def value(found):
            other, name = found[1], found[2]
            # `:option` is of the section itself, also when it was inherited.
            return section if (other, name) == ("", "_buildout_section_name_") else self._expand(other or section, name, seen)

        return re.sub(r"\$\{([^:}]*):([^}]+)\}", value, raw).replace("$${", "${").strip()


class Levels:
    def __init__(self, node, profile, partition, files):
        self.node, self.profile, self.partition, self.files = node, profile, partition, files
        self.notes = []
        self.installed = []
        self.software_directory = node.software_directory(profile)
        self._levels = {}
        self._done, self._being_made = set(), []
        files.before_reading = self._before_reading

    # Which level a path belongs to, and making it.

    def _names_for(self, path):
        if path.startswith(os.path.join(self.software_directory, "")):
            return ["software"]
        if self.partition is not None and path.startswith(os.path.join(self.directory, "")):
            return ["inner", "partition"]
        return []

    @property
    def directory(self):
        return os.path.join(self.node.instance_root, self.partition)

    def level(self, name):
        if name not in self._levels:
            if name in self._being_made:
                return None
            self._being_made.append(name)
            try:
                buildout = getattr(self, "_make_" + name)()
            finally:
                self._being_made.remove(name)
            self._levels[name] = buildout and Level(name, buildout)
        return self._levels[name]

    def _buildout(self, config, options, directory):
        import zc.buildout.buildout

        os.chdir(directory)
        made = zc.buildout.buildout.Buildout(config, options, False)
        made._update_sys_path()
        made._load_extensions()
        made._setup_directories()
        # `_parts` of a buildout are told apart by their order only; here none is installed.
        return made

    def _make_software(self):
        directory = self.software_directory
        config = os.path.join(directory, "buildout.cfg")
        if not os.path.exists(config):
            raise RunFailed("The software is not built: run the software first")
        return self._buildout(config, [
            ("buildout", "extends-cache", os.path.join(directory, "extends-cache")),
            ("buildout", "directory", directory),
            ("buildout", "newest", "false"),
        ], directory)

    def _make_partition(self):
        config = os.path.join(self.directory, "buildout.cfg")
        try:
            with open(config, encoding="utf-8") as file:
                deployed = file.read()
        except FileNotFoundError as error:
            raise RunFailed("The partition %s has no profile yet: run the instance once" % self.partition) from error
        at = deployed.find(TAIL)
        if at < 0:
            raise RunFailed("The profile of the partition %s was not written by slapgrid" % self.partition)
        template = os.path.join(self.software_directory, "instance.cfg")
        if not os.path.exists(template):
            template = os.path.join(self.software_directory, "template.cfg")
        with open(template, encoding="utf-8") as file:
            self.files.put(config, (file.read() + deployed[at:]).encode("utf-8"))
        self._done.add(config)
        return self._buildout(config, [], self.directory)

    def _make_inner(self):
        """The profile of the software type, as switch-softwaretype makes it; None without one."""
        outer = self.level("partition")
        if outer is None:
            return None
        parts = outer.buildout["buildout"]["parts"].split()
        switch = next((part for part in parts if outer._raw(part, "recipe") == SWITCHES), None)
        if switch is None:
            return None
        import slapos.recipe.switch_softwaretype as module

        captured = []
        install = module.SubBuildout.install
        module.SubBuildout.install = lambda made, _parts: captured.append(made)
        try:
            outer.buildout[switch].recipe.install()
        finally:
            module.SubBuildout.install = install
        made = captured[0]
        made._update_sys_path()
        return made

    # Making files.

    def _before_reading(self, path):
        if path in self._done or any(isinstance(one, tuple) for one in self._being_made[-1:]) and path in self._being_made[-1]:
            return
        for name in self._names_for(path):
            level = self._levels.get(name)
            if level is None and name == "software" and name not in self._being_made:
                level = self.level(name)
            part = level and level.makers().get(path)
            if part and (RENDERS.match(level._raw(part, "recipe")) or DOWNLOADS.match(level._raw(part, "recipe"))):
                self._done.add(path)
                self.make(level, part, path)
                return

    def find(self, path):
        """(level, part) that makes a file: the profiles say so, or the last run noted it."""
        for name in self._names_for(path):
            level = self.level(name)
            part = level and level.makers().get(path)
            if part:
                return level, part
        for name in self._names_for(path):
            level = self.level(name)
            part = level and installed_by(level.buildout["buildout"]["installed"], path)
            if part and part in level.buildout._raw:
                return level, part
        return None, None

    def make(self, level, part, path):
        """Has the part's recipe write the file."""
        self._done.add(path)
        recipe = level._raw(part, "recipe")
        if DOWNLOADS.match(recipe):
            self._download(level, part, path)
            return
        options = level.buildout[part]
        # A recipe leaves a file that is right already, and what is right is asked here.
        self.files.hide(path)
        self.installed = as_list(options.recipe.install())

    def written_instead(self, path):
        """The file that the part wrote in place of this one: a wrapper's name may have a hash of the files that it runs."""
        stem = re.sub(r"-[0-9a-f]{32}$", "", path)
        for other in self.installed:
            if other != path and re.sub(r"-[0-9a-f]{32}$", "", other) == stem:
                content = self.files.written(other)
                if content is not None:
                    self.notes.append("The file would be called %s" % os.path.basename(other))
                    return content
        return None

    def _download(self, level, part, path):
        options = level.buildout[part]
        url = options["url"].removeprefix("file://")
        if not os.path.isabs(url):
            return  # What was downloaded from elsewhere stays as it is.
        with open(url, "rb") as file:
            content = file.read()
        expected = options.get("md5sum")
        if expected and expected != hashlib.md5(content, usedforsecurity=False).hexdigest():
            self.notes.append("The md5sum of [%s] is not that of %s: a run would refuse it" % (part, os.path.basename(url)))
        self.files.put(path, content)


def as_list(installed):
    if not installed:
        return []
    return [installed] if isinstance(installed, str) else list(installed)


def installed_by(record, path):
    """The part that is noted to have installed a file."""
    try:
        with open(record, encoding="utf-8", errors="surrogateescape") as file:
            text = file.read()
    except OSError:
        return None
    for section in re.split(r"^(?=\[)", text, flags=re.M):
        name = re.match(r"\[([^\]]+)\]", section)
        noted = re.search(r"^__buildout_installed__ = (.*(?:\n\t.*)*)", section, flags=re.M)
        if name and noted and path in (line.strip() for line in noted[1].split("\n")):
            return name[1]
    return None


def quiet_logging(stream):
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s", stream=stream)
