"""Gap: a profile that several profiles extend is read, parsed and merged once for each path that leads to it.

That is exponential in the depth of a tree: the released program does not finish on SlapOS's own profiles. Here each
file is read once, its results are remembered, and repetitions that cannot change the outcome are left out, so that the
values are those of reading it again every time.

Why that may be left out: `x = v` of one file depends on nothing before it. Of several equal ones the last decides the
value, and the first decides from when on the option and its section exist (which `+=` and `-=` of others ask for). So
the first and the last of them do what all of them would. Options with `+=` or `-=` are kept every time.
"""

import copy
import os


def merge_key(base, filename, is_url):
    if is_url(filename) or os.path.isabs(filename):
        return filename
    if is_url(base):
        return base + "/" + filename
    return os.path.normpath(os.path.join(base, filename))


def is_operation(option):
    return option[-1:] in "+-" and option != ""


def split_operations(result):
    """(operations, rest): the annotated result of one file in two parts which, merged in this order, give the same.

    `x+=1` without the space is kept with its whole section: zc.buildout then takes `x+` for a name in one place.
    """
    operations, rest = {}, {}
    for name, section in result.items():
        touched = {option.rstrip(" +-") for option in section if is_operation(option)}
        if not touched:
            rest[name] = section
            continue
        odd = any(is_operation(option) and option[-2:-1] != " " for option in section)
        first = {
            option: value
            for option, value in section.items()
            if odd or option == "<" or option.rstrip(" +-") in touched
        }
        operations[name] = first
        later = {option: value for option, value in section.items() if option not in first}
        if later and "<" in section:
            later["<"] = section["<"]
        if later:
            rest[name] = later
    return operations, rest


def without_repetitions(results, assigns_only):
    """`results` with, of each one that only assigns, just the first and the last occurrence."""
    last = {}
    for index, result in enumerate(results):
        last[id(result)] = index
    kept, seen = [], set()
    for index, result in enumerate(results):
        identity = id(result)
        if identity not in assigns_only or identity not in seen or last[identity] == index:
            kept.append(result)
        seen.add(identity)
    return kept


class StructureCopier:
    """Stands for the module `copy` in zc.buildout.buildout: copies a configuration as deep as the merge changes it.

    The merge replaces the sections of a configuration and never changes one in place, but it changes options in place.
    """

    copy = staticmethod(copy.copy)

    def __init__(self, option_class):
        self._option_class = option_class

    def _option(self, option):
        clone = self._option_class.__new__(self._option_class)
        clone.__dict__.update(option.__dict__)
        clone.history = list(option.history)
        return clone

    def deepcopy(self, value, memo=None):
        kind = type(value)
        if kind is self._option_class:
            return self._option(value)
        if kind is dict and value:
            first = next(iter(value.values()))
            if type(first) is dict:
                return dict(value)
            if type(first) is self._option_class:
                return {name: self._option(option) for name, option in value.items()}
        return copy.deepcopy(value)


def repair(module):
    read = module._open
    is_url = module._isurl
    state = {}

    def read_once(base, filename, seen, download_options, override, downloaded, user_defaults):
        root = not seen
        if root:
            state.update(results={}, split={}, assigns_only=set(), keep=[])
            results, left = read(base, filename, seen, download_options, override, downloaded, user_defaults)
            return results, left
        key = None if user_defaults else merge_key(base, filename, is_url)
        if key is not None and key in state["results"]:
            return state["results"][key], user_defaults
        results, left = read(base, filename, seen, download_options, override, downloaded, user_defaults)
        # The last result is the file's own; those before it come from calls of this function.
        operations, rest = split_operations(results[-1])
        own = [part for part in (operations, rest) if part]
        state["keep"].extend(own)
        if rest:
            state["assigns_only"].add(id(rest))
        results = without_repetitions(results[:-1] + own, state["assigns_only"])
        if key is not None:
            state["results"][key] = results
        return results, left

    module._open = read_once
    module.copy = StructureCopier(module.SectionKey)
