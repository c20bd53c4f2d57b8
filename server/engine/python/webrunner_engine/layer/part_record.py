"""What each part was made from, kept in `.webrunner-parts.json` beside `.installed.cfg`.

`.installed.cfg` has what the options came to, with those that recipes set among them; from that alone nobody can say
what the next run will install again. Here stand, for each part and each section that it uses: the options as the
profile gives them, those that the recipe set or took away, the sections that are used (and which of them only the recipe
looked at), the local files that are named, and the sources of develop eggs.

Written before the first part is touched. Of each part stands at most two entries: what is installed, and what this
run is about to install; which of them holds is told by the options in `.installed.cfg`.
"""

import contextlib
import hashlib
import json
import os
import sys

NAME = ".webrunner-parts.json"
FORMAT = 1
_IGNORED = {".svn", "CVS", "__pycache__", ".git"}


def given(options):
    values = dict(options._raw)
    values.update(options._cooked)
    return values


def note_given(options):
    """Called before the recipe is made: later its own settings can no longer be told apart."""
    options.__dict__["_given"] = given(options)


def note_looked_at(options, name):
    if name not in ("buildout", options.name):
        options.__dict__.setdefault("_looked_at", set()).add(name)


def describe(options, uses, files):
    before, now = options.__dict__.get("_given") or given(options), options.copy()
    now.pop("__buildout_signature__", None)
    return {
        "name": options.name,
        "given": before,
        "set": {option: value for option, value in now.items() if before.get(option) != value},
        "dropped": sorted(option for option in before if option not in now),
        "uses": uses,
        "lookedAt": sorted(options.__dict__.get("_looked_at", ())),
        "files": files,
    }


def fingerprint(options):
    values = dict(options)
    values.pop("__buildout_installed__", None)
    return hashlib.sha256(repr(sorted(values.items())).encode("utf-8", "surrogateescape")).hexdigest()


def sources_of(directory):
    """{relative path: digest} of the files that buildout's own signature of a develop egg covers."""
    found = {}
    for top, directories, names in os.walk(directory):
        directories[:] = sorted(name for name in directories if name not in _IGNORED and not name.endswith(".egg-info"))
        for name in sorted(names):
            if name.endswith(("pyc", "pyo")):
                continue
            path = os.path.join(top, name)
            with contextlib.suppress(OSError), open(path, "rb") as file:
                found[os.path.relpath(path, directory)] = hashlib.sha256(file.read()).hexdigest()
    return found


def distributions_of(module, options, developed, memo):
    """The eggs in a part's signature that are not the engine's; for a develop egg also what its sources were."""
    requirement = module.pkg_resources.Requirement.parse(module._recipe(options)[0])
    found = []
    for distribution in sorted(set(module.pkg_resources.working_set.resolve([requirement]))):
        if os.path.realpath(distribution.location).startswith(os.path.join(os.path.realpath(sys.prefix), "")):
            continue  # the engine's own, which `engine` stands for
        entry = {"name": distribution.project_name, "version": distribution.version}
        if distribution.precedence == module.pkg_resources.DEVELOP_DIST:
            files = memo.get(distribution.location)
            if files is None:
                files = memo[distribution.location] = sources_of(distribution.location)
            key = hashlib.sha256(repr([distribution.location, files]).encode("utf-8", "surrogateescape")).hexdigest()
            developed[key] = {"directory": distribution.location, "files": files}
            entry["sources"] = key
        found.append(entry)
    return found


def engine_identity():
    """Of the environment and of this layer: the signatures of all parts have a digest of its whole site-packages."""
    try:
        with open(os.path.join(sys.prefix, os.pardir, "stamp.json"), encoding="utf-8") as file:
            stamp = json.load(file)
        return "%s %s" % (stamp["environment"], stamp["layer"])
    except (OSError, ValueError, KeyError):
        return ""


def read(path):
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            record = json.load(file)
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) and record.get("format") == FORMAT else {}


def write(module, buildout, parts, inputs):
    installed = buildout["buildout"]["installed"]
    if not installed:
        return
    path = os.path.join(os.path.dirname(installed), NAME)
    old, sections, developed, memo, entries = read(path), {}, {}, {}, {}

    def keep(name):
        digest = inputs["digest_of"](name)
        if digest and digest not in sections:
            options = buildout._data[name]
            uses = inputs["uses_of"](options)
            sections[digest] = describe(options, {use: inputs["digest_of"](use) for use in uses}, inputs["files_of"](options))
            for use in uses:
                keep(use)
        return digest

    for part in parts:
        options = buildout[part]
        entries[part] = [{
            "section": keep(part),
            "signature": options["__buildout_signature__"],
            "fingerprint": fingerprint(options.copy()),
            "eggs": distributions_of(module, options, developed, memo),
        }]
    installed_options = buildout._read_installed_part_options()[0]
    for part, known in old.get("parts", {}).items():
        if part not in installed_options:
            continue
        standing = fingerprint(installed_options[part].copy())
        for entry in known:
            if entry["fingerprint"] == standing and all(entry["fingerprint"] != one["fingerprint"] for one in entries.get(part, ())):
                entries.setdefault(part, []).insert(0, entry)
                keep_reachable(entry["section"], old.get("sections", {}), sections)
    for key in {egg.get("sources") for known in entries.values() for entry in known for egg in entry["eggs"]}:
        if key in old.get("developed", {}):
            developed.setdefault(key, old["developed"][key])
    record = {"format": FORMAT, "engine": engine_identity(), "buildout": buildout["buildout"].copy(), "sections": sections, "parts": entries,
              "developed": developed}
    temporary = "%s.%d" % (path, os.getpid())
    # Without the record the next plan is less exact, and nothing else.
    with contextlib.suppress(OSError):
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
            json.dump(record, file, separators=(",", ":"))
        os.replace(temporary, path)


def keep_reachable(digest, source, sections):
    waiting = [digest]
    while waiting:
        digest = waiting.pop()
        if digest in sections or digest not in source:
            continue
        sections[digest] = source[digest]
        waiting += source[digest]["uses"].values()
