"""Gap: for an egg name that the index does not know, zc.buildout reads the list of all packages of the index.

That is hundreds of megabytes, for a name that is misspelled. The answer stays the same: there is no such distribution.
"""


def repair(module):
    def no_scan(self, message=None, *arguments):
        if message:
            self.warn(message, *arguments)

    module.PackageIndex.scan_all = no_scan
