#!/usr/bin/env python3
"""Reads the recipes of installed eggs into the catalogue of the language service.

  python3 -m venv V && V/bin/pip install --no-deps -r requirements.txt
  V/bin/python extract.py [--checkout DIR] > ../../lib/language/catalogue/recipes.json

Entry points come from the eggs' metadata, options from their sources by way of `ast`: nothing is
imported or run.  An option is what a recipe's class, or a class it inherits from, reads
(`options['x']`, `options.get('x', default)`) or writes (`options['x'] = ...`, a *generated* option);
it is required when it is read without condition, default or `except` by what runs when the part is
set up.  What cannot be read that way (values, deprecations, alternatives, good explanations) is in
overlay.json, laid over the result.  An option that nothing explains gets what its name means in
glossary.json, one without a type that of its name; a recipe without an example in its documentation gets
one of its required options.
"""
import argparse
import ast
import configparser
import glob
import json
import os
import re
import sys
import sysconfig

HERE = os.path.dirname(os.path.abspath(__file__))
SETUP_METHODS = {"__init__", "_options", "_init", "install", "prepareOptions", "_install"}
# base classes of slapos.cookbook that offer methods to recipes: only their set-up says something about every recipe
TOOLBOXES = {"GenericBaseRecipe", "GenericSlapRecipe", "BaseSlapRecipe"}
IMPLICIT = {"__buildout_signature__", "_profile_base_location_"}
OPTION_NAME = re.compile(r"^[A-Za-z0-9_.@*+-]+$")


class Sources:
    """Parsed modules by dotted name, found in one site-packages directory."""

    def __init__(self, root):
        self.root = root
        self.modules = {}

    def module(self, name):
        if name not in self.modules:
            base = os.path.join(self.root, *name.split("."))
            self.modules[name] = None
            for path in (base + ".py", os.path.join(base, "__init__.py")):
                if os.path.isfile(path):
                    with open(path, encoding="utf-8") as f:
                        text = f.read()
                    try:
                        self.modules[name] = (path, ast.parse(text))
                    except SyntaxError:
                        self.modules[name] = (path, ast.parse(""))
                    break
        return self.modules[name]

    def find_class(self, module, name, seen=()):
        """-> (module name, path, ClassDef) of a class, followed through imports."""
        found = self.module(module)
        if not found or (module, name) in seen:
            return None
        path, tree = found
        is_package = path.endswith("__init__.py")
        seen = (*seen, (module, name))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name == name:
                return module, path, node
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        target = absolute(module, is_package, node)
                        return self.find_class(target, alias.name, seen)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
                if any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
                    return self.find_class(module, node.value.id, seen)
        return None

    def bases(self, module, node):
        """the class and all that it inherits from, nearest first"""
        out = [(module, self.module(module)[0], node)]
        for base in node.bases:
            if isinstance(base, ast.Name):
                found = self.find_class(module, base.id)
            elif isinstance(base, ast.Attribute):
                found = self.find_attribute_class(module, base)
            else:
                found = None
            if found and found[2] is not node:
                out += [b for b in self.bases(found[0], found[2]) if b not in out]
        return out

    def find_attribute_class(self, module, node):
        dotted = ast.unparse(node.value)
        _, tree = self.module(module)
        for stmt in ast.walk(tree):
            if isinstance(stmt, ast.Import):
                for alias in stmt.names:
                    if (alias.asname or alias.name) == dotted:
                        return self.find_class(alias.name, node.attr)
        return None


def absolute(module, is_package, node):
    if not node.level:
        return node.module
    parts = module.split(".")
    up = node.level - (1 if is_package else 0)
    parts = parts[: len(parts) - up] if up else parts
    return ".".join(parts + ([node.module] if node.module else []))


def is_options(node):
    if isinstance(node, ast.Name):
        return node.id in ("options", "_options")
    return isinstance(node, ast.Attribute) and node.attr in ("options", "_options") and isinstance(node.value, ast.Name) and node.value.id == "self"


def text_of(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


CONDITIONAL = (ast.If, ast.IfExp, ast.For, ast.While, ast.Try, ast.Lambda, ast.FunctionDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.BoolOp)


def unconditional(node):
    """the node and those below it that are always run with it"""
    yield node
    if isinstance(node, (ast.If, ast.IfExp, ast.While)):
        yield from unconditional(node.test)
    elif isinstance(node, ast.For):
        yield from unconditional(node.iter)
    elif isinstance(node, ast.BoolOp):
        yield from unconditional(node.values[0])
    elif not isinstance(node, CONDITIONAL):
        for child in ast.iter_child_nodes(node):
            yield from unconditional(child)


def initialised(chain):
    """the classes whose `__init__` runs: from the nearest one on, as far as each calls the next"""
    inits = [(cls, stmt) for _, _, cls in chain for stmt in cls.body if isinstance(stmt, ast.FunctionDef) and stmt.name == "__init__"]
    run, at = [], 0
    while at is not None and at < len(inits):
        cls, stmt = inits[at]
        run.append(cls)
        code = ast.unparse(stmt)
        named = re.search(r"(?<![\w.)])(?:\w+\.)*(\w+)\.__init__\(self", code)
        if named:
            at = next((i for i in range(at + 1, len(inits)) if inits[i][0].name == named.group(1)), None)
        else:
            at = at + 1 if "super(" in code else None
    return run


def reached_methods(chain):
    """names of the methods that setting a part up always runs, followed through `self.x`"""
    calls = {}
    for _, _, cls in chain:
        for stmt in cls.body:
            if isinstance(stmt, ast.FunctionDef):
                names = calls.setdefault(stmt.name, set())
                for part in stmt.body:
                    names |= {n.attr for n in unconditional(part) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "self"}
    reached, pending = set(), [name for name in calls if name in SETUP_METHODS]
    while pending:
        name = pending.pop()
        if name not in reached and name in calls:
            reached.add(name)
            pending += calls[name]
    return reached


class OptionReader(ast.NodeVisitor):
    """What one class's methods do with their options."""

    def __init__(self, overridden, reached):
        self.reached = reached
        self.read, self.written, self.dynamic, self.any_read = {}, {}, False, False
        self.overridden = overridden
        self.conditional = 0
        self.method = None

    def note(self, name, **facts):
        if not OPTION_NAME.match(name):
            return
        entry = self.read.setdefault(name, {})
        for key, value in facts.items():
            if key == "required":
                entry["required"] = entry.get("required", False) or value
            else:
                entry.setdefault(key, value)

    def visit_FunctionDef(self, node):
        if self.method is None:
            if node.name in self.overridden and node.name != "__init__":
                return
            self.method = node.name
            self.generic_visit(node)
            self.method = None
        else:
            self.conditional += 1
            self.generic_visit(node)
            self.conditional -= 1

    def under_condition(self, *nodes):
        self.conditional += 1
        for node in nodes:
            for child in node if isinstance(node, list) else [node]:
                self.visit(child)
        self.conditional -= 1

    def visit_If(self, node):
        self.visit(node.test)
        self.under_condition(node.body, node.orelse)

    def visit_IfExp(self, node):
        self.visit(node.test)
        self.under_condition(node.body, node.orelse)

    def visit_Try(self, node):
        self.under_condition(node.body, *[h.body for h in node.handlers], node.orelse)
        for child in node.finalbody:
            self.visit(child)

    def visit_For(self, node):
        self.visit(node.iter)
        self.under_condition(node.body, node.orelse)

    def visit_While(self, node):
        self.visit(node.test)
        self.under_condition(node.body, node.orelse)

    def visit_BoolOp(self, node):
        self.visit(node.values[0])
        self.under_condition(node.values[1:])

    def visit_Lambda(self, node):
        self.under_condition(node.body)

    def visit_comprehension_body(self, node):
        self.under_condition(*ast.iter_child_nodes(node))

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_comprehension_body

    def visit_Subscript(self, node):
        if is_options(node.value):
            name = text_of(node.slice)
            if isinstance(node.ctx, ast.Store):
                if name is None:
                    self.dynamic = True
                elif OPTION_NAME.match(name):
                    self.written.setdefault(name, node.lineno)
            elif isinstance(node.ctx, ast.Load):
                if name is None:
                    self.any_read = True
                else:
                    self.note(name, required=not self.conditional and self.method in self.reached and name not in self.written, line=node.lineno)
        self.generic_visit(node)

    def visit_Assign(self, node):
        # `options._data = ...`: a mapping that makes options when they are asked for
        if any(isinstance(t, ast.Attribute) and is_options(t.value) for t in node.targets):
            self.dynamic = True
        self.generic_visit(node)

    def visit_Compare(self, node):
        if any(isinstance(o, (ast.In, ast.NotIn)) for o in node.ops) and is_options(node.comparators[-1]):
            name = text_of(node.left)
            if name is not None:
                self.note(name, tested=True, line=node.lineno)
        self.generic_visit(node)

    def visit_Call(self, node):
        func = node.func
        if isinstance(func, ast.Attribute):
            name = text_of(node.args[0]) if node.args else None
            default = node.args[1] if len(node.args) > 1 else None
            if is_options(func.value):
                if func.attr in ("get", "setdefault", "pop"):
                    if name is None:
                        self.any_read = True
                        if func.attr == "setdefault":
                            self.dynamic = True
                    else:
                        facts = {"tested": True, "line": node.lineno}
                        if text_of(default) is not None:
                            facts["default"] = text_of(default)
                        self.note(name, **facts)
                        if func.attr == "setdefault":
                            self.written.setdefault(name, node.lineno)
                elif func.attr in ("items", "keys", "iteritems", "copy", "values") and func.attr != "copy":
                    self.any_read = True
                elif func.attr == "update":
                    self.dynamic = True
                    for keyword in node.keywords:
                        if keyword.arg:
                            self.written.setdefault(keyword.arg, node.lineno)
            elif func.attr in ("optionIsTrue", "isTrueValue") and name:
                self.note(name, tested=func.attr == "optionIsTrue", type="boolean", line=node.lineno)
        self.generic_visit(node)


PARAM = re.compile(r"^\s*:param\s+(?:(\w+)\s+)?([\w.{},-]+)\s*:\s*(.*(?:\n(?!\s*:param)\s{4,}.*)*)", re.M)
LISTED = re.compile(r"^\s{0,8}(?:[-*]\s+)?``?([a-z][\w.-]+)``?\s*(?::|--?|$)\s*(.*)$", re.M)
PLAIN_LISTED = re.compile(r"^\s+(?:[-*]\s+)?([a-z][\w.-]*[\w])\s*(?::|--|  )\s*(\S.*)$", re.M)


def clean(text):
    lines = text.expandtabs().strip("\n").splitlines()
    if not lines:
        return ""
    rest = [len(l) - len(l.lstrip()) for l in lines[1:] if l.strip()]
    cut = min(rest) if rest else 0
    return "\n".join([lines[0].strip()] + [l[cut:].rstrip() for l in lines[1:]]).strip()


def documented_options(doc):
    found = {}
    for kind, names, text in PARAM.findall(doc):
        text = re.sub(r"\s+", " ", text).strip()
        match = re.match(r"^(.*)\{(.*)\}(.*)$", names)
        for name in [match.group(1) + x + match.group(3) for x in match.group(2).split(",")] if match else [names]:
            found[name] = {"doc": text, **({"type": {"bool": "boolean", "str": "string"}.get(kind, kind)} if kind else {})}
    for pattern in (LISTED, PLAIN_LISTED):
        for name, text in pattern.findall(doc):
            if text.strip() and name not in found:
                found[name] = {"doc": text.strip()}
    return found


SECTION_TITLE = re.compile(r"^(?:[-*]\s+)?``([a-z][\w.-]*)``(?:\s*[-:]\s*(.+))?\n(?:[~=^\"'-]{3,}\n)?((?:\n?[^\n~=`>][^\n]*)*)", re.M)


def readme_options(text):
    found = {}
    for name, short, long in SECTION_TITLE.findall(text):
        doc = re.sub(r"\s+", " ", (short or "") + (". " if short and long.strip() else "") + long.split("::")[0]).strip(" .:")
        if doc and name not in found:
            found[name] = doc[:500]
    return found


DEFINITION = re.compile(r"^([a-z][\w.-]+)[ \t]*\n((?:[ \t]+\S[^\n]*\n?)+)", re.M)


def defined_options(text):
    """name, and indented below it what it is"""
    return {name: re.sub(r"\s+", " ", body).strip()[:500] for name, body in DEFINITION.findall(text) if "=" not in body.split("\n")[0]}


BLOCK = re.compile(r"^([ \t]*)(\[[\w.-]+\][ \t]*\n(?:\1[ \t]*\S[^\n]*\n|[ \t]*\n(?=\1[ \t]+\S))+)", re.M)


def find_example(text, name):
    """the shortest section in a documentation that uses the recipe"""
    found = []
    for indent, block in BLOCK.findall(text + "\n"):
        lines = [line[len(indent):] if line.startswith(indent) else line.lstrip() for line in block.splitlines()]
        if any(re.match(r"recipe\s*=\s*%s\s*$" % re.escape(name), line) for line in lines[1:]) and len(lines) <= 14 and ">>>" not in block:
            found.append("\n".join(line.rstrip() for line in lines).strip() + "\n")
    return min(found, key=len) if found else None


TYPES_BY_NAME = (
    (re.compile(r"(?:^|[-_])md5sum$"), "md5sum"),
    (re.compile(r"(?:^|[-_])(?:url|uri)$"), "url"),
    (re.compile(r"(?:^|[-_])mode$"), "mode"),
    (re.compile(r"(?:^|[-_])(?:port|timeout|size|cache-size|threads|instances|bits)$"), "integer"),
    (re.compile(r"(?:^|[-_])eggs$"), "eggs"),
    (re.compile(r"(?:^|[-_])(?:command|cmds|command-line)$"), "shell"),
    (re.compile(r"(?:^|[-_])(?:path|file|dir|directory|binary|bin|wrapper|location|folder|socket|pidfile|logfile|log)$"), "path"),
    (re.compile(r"(?:^|[-_])(?:list|packages|environment|paths|environment-vars|zcml|products)$"), "lines"),
    (re.compile(r"^(?:debug|debug-mode|verbose|verbose-security|enable-\w[\w-]*|use-[\w-]+|shared|offline|develop|ignore-existing|overwrite|stop-on-error)$"), "boolean"),
)
SAMPLES = {
    "integer": "1", "boolean": "true", "path": "${buildout:directory}/var/%s", "url": "https://example.org/%s", "md5sum": "0" * 32,
    "mode": "0755", "eggs": "${:_buildout_section_name_}", "shell": "true", "python": "pass", "section": "other", "lines": "\n  one\n  two",
}


def type_of(name, option):
    if option.get("values") == ["true", "false"] or option.get("default", "").lower() in ("true", "false"):
        return "boolean"
    if re.fullmatch(r"\d+", option.get("default", "")):
        return "mode" if name.endswith("mode") else "integer"
    return next((kind for pattern, kind in TYPES_BY_NAME if pattern.search(name)), "string")


def sample_of(name, option):
    if option.get("values"):
        return option["values"][0]
    sample = SAMPLES.get(option.get("type", "string"), name)
    return sample % name if "%s" in sample else sample


def made_example(name, recipe):
    """the required options, and the first of each group of alternatives, or else two that are explained"""
    options = recipe["options"]
    wanted = [o for o in options if options[o].get("required")]
    wanted += [group[0] for group in recipe.get("oneOf", []) if not set(group) & set(wanted)]
    if not wanted:
        wanted = [o for o in sorted(options) if options[o].get("doc") and not o.startswith("_") and "default" not in options[o] and "deprecated" not in options[o]][:2]
    lines = []
    for option in wanted:
        value = sample_of(option, options.get(option, {}))
        lines.append(option + " =" + ("" if value.startswith("\n") else " ") + value)
    return "\n".join(["[part]", "recipe = " + name, *lines]) + "\n"


def complete(recipes, glossary):
    """what neither sources nor overlay said"""
    for name, recipe in recipes.items():
        if not recipe["doc"]:
            recipe["doc"] = glossary["recipes"].get(name, "")
        for kind in ("options", "generated"):
            for option, facts in recipe[kind].items():
                known = glossary[kind].get(option) or {}
                if kind == "generated":
                    known = {"doc": recipe["options"].get(option, {}).get("doc")} if recipe["options"].get(option, {}).get("doc") else known or glossary["options"].get(option, {})
                if not facts.get("doc") and known:
                    facts["doc"] = known["doc"]
                    if "type" in known:
                        facts.setdefault("type", known["type"])
                if kind == "options":
                    facts.setdefault("type", type_of(option, facts))
        recipe.setdefault("example", made_example(name, recipe))


def merge_reader(into, reader):
    for name, facts in reader.read.items():
        entry = into["read"].setdefault(name, {})
        for key, value in facts.items():
            if key in ("required", "tested"):
                entry[key] = entry.get(key, False) or value
            else:
                entry.setdefault(key, value)
    for name, line in reader.written.items():
        into["written"].setdefault(name, line)
    into["dynamic"] |= reader.dynamic
    into["any"] |= reader.any_read


def describe(sources, egg, version, entry, module, attribute, readme):
    found = sources.find_class(module, attribute)
    if not found:
        return {"source": {"egg": egg, "version": version, "module": module, "attribute": attribute}}
    module, path, node = found
    chain = sources.bases(module, node)
    total = {"read": {}, "written": {}, "dynamic": False, "any": False}
    overridden, doc = set(), ""
    reached, running = reached_methods(chain), initialised(chain)
    for _, _, cls in chain:
        reader = OptionReader(set(overridden), reached)
        for stmt in cls.body:
            if isinstance(stmt, ast.FunctionDef) and (cls.name not in TOOLBOXES or stmt.name == "__init__"):
                reader.visit(stmt)
        if cls not in running and any(isinstance(s, ast.FunctionDef) and s.name == "__init__" for s in cls.body):
            reader.written.clear()
            for facts in reader.read.values():
                facts["required"] = False
        merge_reader(total, reader)
        overridden |= {s.name for s in cls.body if isinstance(s, ast.FunctionDef)}
        own = ast.get_docstring(cls)
        if own and not doc and cls.name not in TOOLBOXES:
            doc = clean(own)
    module_doc = ast.get_docstring(sources.module(module)[1]) or ""
    doc = doc or clean(module_doc)
    if "Corporation and Contributors" in doc or "All Rights Reserved" in doc:
        doc = ""
    texts = {**documented_options(module_doc), **documented_options(doc)}
    options = {}
    for name in sorted(set(total["read"]) | {n for n in texts if texts[n].get("type")}):
        facts = total["read"].get(name, {"tested": True})
        if name in total["written"] and not facts.get("tested"):
            continue
        if name in IMPLICIT or (name in ("recipe", "install", "update") and name not in texts):
            continue
        option = {}
        if facts.get("required") and not facts.get("tested") and "default" not in facts:
            option["required"] = True
        for key in ("default", "type"):
            if facts.get(key) is not None:
                option[key] = facts[key]
        option.update(texts.get(name, {}))
        if "doc" not in option and name in readme:
            option["doc"] = readme[name]
        options[name] = option
    relative = os.path.relpath(path, sources.root).replace(os.sep, "/")
    recipe = {"doc": doc, "options": options, "generated": {n: {} for n in sorted(total["written"])}}
    if total["any"]:
        recipe["anyOption"] = True
    if total["dynamic"]:
        recipe["anyGenerated"] = True
    recipe["source"] = {"egg": egg, "version": version, "file": relative, "line": node.lineno, "module": module, "attribute": attribute}
    return recipe


def setup_entry_points(path):
    """-> (name, version, {entry point: target}) that a setup.py says literally"""
    with open(path, encoding="utf-8") as f:
        tree = ast.parse(f.read())
    assigned = {t.id: n.value.value for n in ast.walk(tree) if isinstance(n, ast.Assign) and isinstance(n.value, ast.Constant) for t in n.targets if isinstance(t, ast.Name)}
    name, version, points = "", "", {}
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in ("name", "version"):
            value = node.value.value if isinstance(node.value, ast.Constant) else assigned.get(getattr(node.value, "id", ""), "")
            if node.arg == "name":
                name = name or value
            else:
                version = version or value
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values):
                if text_of(key) == "zc.buildout" and isinstance(value, ast.List):
                    for item in value.elts:
                        left, _, right = (text_of(item) or "").partition("=")
                        points[left.strip()] = right.strip()
    return name, version, points


def lay_over(base, over):
    for key, value in over.items():
        if value is None:
            base.pop(key, None)
        elif isinstance(value, dict) and isinstance(base.get(key), dict):
            lay_over(base[key], value)
        else:
            base[key] = value


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--site-packages", default=sysconfig.get_paths()["purelib"])
    parser.add_argument("--checkout", help="a checkout of slapos.cookbook: entry points that the installed egg lacks")
    parser.add_argument("--overlay", default=os.path.join(HERE, "overlay.json"))
    parser.add_argument("--glossary", default=os.path.join(HERE, "glossary.json"))
    args = parser.parse_args()
    sources = Sources(args.site_packages)
    recipes, eggs = {}, {}
    for directory in sorted(glob.glob(os.path.join(args.site_packages, "*.dist-info"))):
        points = os.path.join(directory, "entry_points.txt")
        if not os.path.isfile(points):
            continue
        parser = configparser.ConfigParser(delimiters=("=",), strict=False)
        parser.optionxform = str
        parser.read(points)
        if not parser.has_section("zc.buildout"):
            continue
        with open(os.path.join(directory, "METADATA"), encoding="utf-8") as f:
            metadata = f.read()
        egg = re.search(r"^Name: (.*)$", metadata, re.M).group(1)
        version = re.search(r"^Version: (.*)$", metadata, re.M).group(1)
        if egg == "zc.buildout":
            continue
        summary = re.search(r"^Summary: (.*)$", metadata, re.M)
        eggs[egg] = {"version": version, "entryPoints": len(parser.items("zc.buildout")), "summary": summary.group(1) if summary else ""}
        text = metadata.split("\n\n", 1)[-1]
        readme = {**defined_options(text), **readme_options(text)} if egg != "slapos.cookbook" else {}
        for entry, target in sorted(parser.items("zc.buildout")):
            module, attribute = target.split(":")
            recipe = describe(sources, egg, version, entry, module, attribute, readme)
            name = egg if entry == "default" else egg + ":" + entry
            recipes[name] = recipe
            example = find_example(text + "\n" + recipe.get("doc", ""), name)
            if example:
                recipe["example"] = example
                # what a documented example does without is set by another recipe's class
                for option, facts in recipe.get("options", {}).items():
                    if not re.search(r"^%s\s*\+?=" % re.escape(option), example, re.M):
                        facts.pop("required", None)
    if args.checkout:
        tree = Sources(args.checkout)
        egg, version, points = setup_entry_points(os.path.join(args.checkout, "setup.py"))
        for entry, target in sorted(points.items()):
            name = egg if entry == "default" else egg + ":" + entry
            if name not in recipes:
                module, attribute = target.split(":")
                recipes[name] = describe(tree, egg, version, entry, module, attribute, {})
        eggs.setdefault(egg, {})["entryPoints"] = sum(name.startswith(egg + ":") or name == egg for name in recipes)
    with open(args.overlay, encoding="utf-8") as f:
        overlay = json.load(f)
    for name, over in overlay["recipes"].items():
        recipe = recipes.setdefault(name, {"doc": "", "options": {}, "generated": {}})
        recipe.setdefault("options", {})
        recipe.setdefault("generated", {})
        lay_over(recipe, over)
    for recipe in recipes.values():
        recipe.setdefault("doc", "")
        recipe.setdefault("options", {})
        recipe.setdefault("generated", {})
    with open(args.glossary, encoding="utf-8") as f:
        complete(recipes, json.load(f))
    json.dump({"eggs": eggs, "recipes": recipes, "buildout": overlay["buildout"]}, sys.stdout, indent=1, sort_keys=True, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
