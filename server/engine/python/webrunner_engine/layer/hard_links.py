"""Gap: a local file that is "downloaded" may be hard-linked: editing the copy edits the user's source, and back.

The next run then also fails with shutil.SameFileError. Here it is always copied.
"""

import os
import shutil


def repair(module):
    locate = module.locate_at

    def copy_to(source, destination):
        if destination is None or module.realpath(destination) == module.realpath(source) or os.path.isdir(source):
            return locate(source, destination)
        if os.path.lexists(destination) and not os.path.isdir(destination):
            os.unlink(destination)
        shutil.copyfile(source, destination)
        return destination

    module.locate_at = copy_to
