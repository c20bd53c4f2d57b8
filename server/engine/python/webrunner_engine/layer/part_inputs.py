"""Gap: a part is installed again only when its own options change, not when something that it is made from does.

SlapOS's buildout also looks at the parts that a part uses, and recipes rely on it: slapos.cookbook:wrapper with
`hash-files` fails with `unstable wrapper path` otherwise, and a template with an md5sum would keep an old value.
And a local file that was edited while the options stayed would be ignored in silence, until another machine builds it.

Here the signature of a part includes the options of all sections that it refers to or that its recipe looked at when it
was made, and the content of all files that these options name, but for those which the buildout itself makes.
The section [buildout] is left out: nearly everything looks at it.

What the signatures were made from is kept beside .installed.cfg (part_record), for the plan of the next run.
"""

import hashlib
import os

from webrunner_engine.layer import part_record

# Larger files are archives and programs, which have an md5sum or a version in their options.
MAXIMUM_BYTES = 1 << 20


def files_named(options, own_directory):
    """(path, digest) of the files outside of `own_directory` that stand as words in the values of a section."""
    found = set()
    for value in options.values():
        for word in value.split():
            path = word.removeprefix("file://")
            if path.startswith("/"):
                found.add(os.path.normpath(path))
    for path in sorted(found):
        if os.path.realpath(path).startswith(own_directory):
            continue
        try:
            if not os.path.isfile(path) or os.path.getsize(path) > MAXIMUM_BYTES:
                continue
            with open(path, "rb") as file:
                yield path, hashlib.sha256(file.read()).hexdigest()
        except OSError:
            continue  # whoever needs it will say so


def digest_of(buildout, name, own_directory, done):
    """A digest of a section and of all that it depends on; in a cycle each section is taken once."""
    if name in done:
        return done[name]
    done[name] = ""
    options = buildout._data.get(name)
    if options is None:
        return ""
    values = options.copy()
    values.pop("__buildout_signature__", None)
    digest = hashlib.sha256(repr(sorted(values.items())).encode("utf-8", "surrogateescape"))
    digest.update(inputs_of(buildout, options, own_directory, done).encode("utf-8", "surrogateescape"))
    done[name] = digest.hexdigest()
    return done[name]


def inputs_of(buildout, options, own_directory, done):
    """What a section is made from besides its own options, as text; equal texts mean equal inputs."""
    lines = ["%s=%s\n" % (other, digest_of(buildout, other, own_directory, done)) for other in sorted(depends_on(options))]
    lines += ["%s=%s\n" % pair for pair in files_named(options.copy(), own_directory)]
    return "".join(lines)


def depends_on(options):
    return options.__dict__.setdefault("_depends_on", set())


def repair(module):
    options_class, buildout_class = module.Options, module.Buildout
    substitute, initialize, prepare = options_class._sub, options_class.initialize, options_class._initialize
    load = module._install_and_load
    get_section, compute = buildout_class.__getitem__, buildout_class._compute_part_signatures
    being_made = []

    def note(options, name):
        if name and name not in ("buildout", options.name):
            depends_on(options).add(name)

    def substitute_and_note(self, template, seen):
        for reference in self._template_split(template)[1::2]:
            note(self, reference[2:-1].partition(":")[0])
        return substitute(self, template, seen)

    def prepare_apart(self):
        # What a section needs is its own need, not that of the part whose recipe happened to look at it first.
        being_made.append(None)
        try:
            return prepare(self)
        finally:
            being_made.pop()

    def initialize_and_note(self):
        part_record.note_given(self)
        being_made.append(self)
        try:
            return initialize(self)
        finally:
            being_made.pop()

    def load_apart(*arguments):
        # Which part is the first to need a recipe's egg, and so looks at the pins, is chance; the egg is in its signature.
        being_made.append(None)
        try:
            return load(*arguments)
        finally:
            being_made.pop()

    def get_section_and_note(self, name):
        if being_made and being_made[-1] is not None and being_made[-1].buildout is self:
            note(being_made[-1], name)
            part_record.note_looked_at(being_made[-1], name)
        return get_section(self, name)

    def compute_with_inputs(self, parts):
        compute(self, parts)
        own_directory = os.path.join(os.path.realpath(self["buildout"]["directory"]), "")
        done = {}
        inputs = {part: inputs_of(self, self[part], own_directory, done) for part in parts}
        for part, text in inputs.items():
            if text:
                options = self[part]
                signature = "inputs-" + hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
                options["__buildout_signature__"] = " ".join(filter(None, (options["__buildout_signature__"], signature)))
        part_record.write(module, self, parts, {
            "digest_of": lambda name: digest_of(self, name, own_directory, done),
            "uses_of": lambda options: sorted(depends_on(options)),
            "files_of": lambda options: dict(files_named(options.copy(), own_directory)),
        })

    module._install_and_load = load_apart
    options_class._sub = substitute_and_note
    options_class._initialize = prepare_apart
    options_class.initialize = initialize_and_note
    buildout_class.__getitem__ = get_section_and_note
    buildout_class._compute_part_signatures = compute_with_inputs
