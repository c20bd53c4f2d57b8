"""Gaps in the values of options: recipes may set values that are no strings, and `$${` is handed out as `${`.

slapos.cookbook:slapconfiguration sets dictionaries and lists, which templates read as they are. Where text is needed
(inside a substitution, in .installed.cfg, in a comparison with it) a number is its digits, a truth value `true` or
`false`, nothing the empty text, and any other value `!py!` and its Python literal. An option that is only a reference to
such a value is the value again.

`$${a:b}` in a profile means a literal `${a:b}`, for the profile that a template writes; other `$$` stay as they are.
The escaped text is what is kept, compared and written to .installed.cfg; only what is handed out is unescaped.

A `${a:b}` in a value that a recipe has set is text: an option that refers to it is not substituted a second time.
(zc.buildout substitutes when a section is made, and what came of it once more when it is asked for.)
"""

import ast
import pprint

MARK = "!py!"


def as_text(value):
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return MARK + pprint.pformat(value, width=1 << 20, sort_dicts=True)


def handed_out(value):
    if not isinstance(value, str):
        return value
    if value.startswith(MARK):
        try:
            return ast.literal_eval(value[len(MARK):])
        except (ValueError, SyntaxError):
            return value  # a text that only looks like it
    return value.replace("$${", "${")


def repair(module):
    options_class = module.Options
    get, get_item, set_item, delete_item = (
        options_class.get, options_class.__getitem__, options_class.__setitem__, options_class.__delitem__)
    copied = options_class.copy
    save_option = module._save_option

    def set_by_recipe(self):
        return self.__dict__.setdefault("_set_by_recipe", set())

    def get_value(self, option, default=None, seen=None):
        if option in self._cooked:
            self._data.setdefault(option, self._cooked[option])
        value = get(self, option, None, seen)
        if value is None:
            return default
        if seen is not None:
            return as_text(value)
        return value if option in set_by_recipe(self) else handed_out(value)

    def get_option(self, option):
        value = get_item(self, option)
        return value if option in set_by_recipe(self) else handed_out(value)

    def set_option(self, option, value):
        set_by_recipe(self).add(option)
        if isinstance(value, str):
            set_item(self, option, value)
        else:
            self._data[option] = value

    def delete_option(self, option):
        delete_item(self, option)
        set_by_recipe(self).discard(option)

    def copy(self):
        return {option: as_text(value) for option, value in copied(self).items()}

    def equal(self, other):
        for option in self:
            self[option]  # a comparison counts as a use, for the warning about unused options
        return self.copy() == (other.copy() if isinstance(other, options_class) else dict(other))

    options_class.get = get_value
    options_class.__getitem__ = get_option
    options_class.__setitem__ = set_option
    options_class.__delitem__ = delete_option
    options_class.copy = copy
    options_class.__eq__ = equal
    options_class.__hash__ = None
    module._save_option = lambda option, value, file: save_option(option, as_text(value), file)
