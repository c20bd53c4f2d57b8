"""Gap: zc.buildout >= 5 appends `v5` to eggs-directory even when it is there already.

An instance's profile names the complete eggs-directory of its software, and would look into `eggs/v5/v5`.
"""

import os


def repair(module):
    options_class = module.Options
    set_item = options_class.__setitem__

    def set_option(self, option, value):
        if option == "eggs-directory" and self.name == "buildout" and isinstance(value, str):
            directory, version = os.path.split(value)
            if version and version == self.get("eggs-directory-version") and os.path.basename(directory) == version:
                value = directory
        set_item(self, option, value)

    options_class.__setitem__ = set_option
