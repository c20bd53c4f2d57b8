"""Gap: an offline run does not see eggs whose metadata is a .dist-info directory, that is all that zc.buildout >= 5 makes.

Seen as: `We don't have a distribution for X and can't install one in offline (no-install) mode.` slapgrid makes every
instance offline.
"""

import glob
import os


def repair(module):
    installer = module.Installer
    make_environment = installer._make_env

    def with_eggs_of_path(self):
        environment = make_environment(self)
        if self._dest is not None:
            return environment
        for directory in self._path:
            eggs = {os.path.dirname(found) for found in glob.glob(os.path.join(glob.escape(directory), "*", "*.dist-info"))}
            eggs.update(glob.glob(os.path.join(glob.escape(directory), "*.egg")))
            if eggs:
                environment.scan(sorted(eggs))
                self._eggify_env_dest_dists(environment, directory)
        return environment

    installer._make_env = with_eggs_of_path
