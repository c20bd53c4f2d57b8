"""What the real zc.buildout makes of many small sets of profiles.

Reads one JSON document on stdin: a list of {file name: text}; the first file is the profile.
Prints a list of {"error": bool, "sections": {...}, "origin": {...}, "resolved": {...}}; the directory is {ROOT}.

Resolution is zc.buildout's own. Only side effects are replaced: nothing is created, no recipe is loaded. One broken
option does not spoil the others, and [buildout] is left out of what is substituted.
"""
import contextlib
import io
import json
import os
import sys
import shutil
import tempfile

import zc.buildout.buildout as B

for name, value in list(B._buildout_default_options.items()):
    if name == "executable":
        B._buildout_default_options[name] = B.SectionKey("python3", "DEFAULT_VALUE")
make_directory = os.mkdir
os.makedirs = os.mkdir = os.chdir = lambda *args, **kwargs: None
sys.setrecursionlimit(20000)


class Options(B.Options):
    failure = None

    def _initialize(self):
        if "<" in self._raw:
            try:
                self._raw = self._do_extend_raw(self.name, self._raw, [])
            except Exception as error:
                self.failure = error
                raise
        for key, value in sorted(self._raw.items()):
            if "${" in value:
                try:
                    self._dosub(key, value)
                except Exception:
                    pass


class Buildout(B.Buildout):
    Options = Options

    def __getitem__(self, section):
        options = super().__getitem__(section)
        if options.failure is not None:
            raise options.failure
        return options


def origin(key):
    steps = []
    for item in reversed(key.history):
        operation = {"ADD": "+=", "REMOVE": "-="}.get(item.operation, "=")
        steps.append([operation, os.path.normpath(item.source) if "/" in item.source else item.source])
        if operation == "=":
            break
    return steps[::-1]


def resolve(files, root):
    for name, text in files.items():
        with open(os.path.join(root, name), "w", encoding="utf-8", newline="") as output:
            output.write(text)
    buildout = Buildout.__new__(Buildout)
    failed = None
    try:
        Buildout.__init__(buildout, os.path.join(root, next(iter(files))), [], False, "annotate", [])
    except Exception as error:
        failed = error
    annotated = getattr(buildout, "_annotated", None)
    if annotated is None:
        return {"error": True, "why": repr(failed)[:300]}
    resolved = {}
    for name in sorted(buildout._raw):
        try:
            options = buildout[name]
        except Exception:
            resolved[name] = {"<": {"error": True}}
            continue
        resolved[name] = {}
        for option in options.keys():
            try:
                resolved[name][option] = options.get(option)
            except Exception:
                resolved[name][option] = {"error": True}
    return {
        "error": False,
        "sections": B._unannotate(annotated),
        "origin": {s: {o: origin(key) for o, key in section.items()} for s, section in annotated.items()},
        "resolved": resolved,
    }


base = os.path.join(os.path.realpath(tempfile.gettempdir()), "buildout-oracle-%d" % os.getpid())
make_directory(base)
results = []
try:
    for number, files in enumerate(json.load(sys.stdin)):
        root = os.path.join(base, str(number))
        make_directory(root)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            result = resolve(files, root)
        results.append(json.loads(json.dumps(result).replace(root, "{ROOT}")))
finally:
    shutil.rmtree(base)
json.dump(results, sys.stdout)
