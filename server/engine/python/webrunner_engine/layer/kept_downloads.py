"""Not a gap but a service: a file with a checksum is downloaded once for all builds of a project, and asked for again when
the network failed for a moment.

zc.buildout without a `download-cache` downloads everything anew in each directory, and ends the run at the first
connection that breaks. Here a download with an md5sum (and an egg with a sha256 in its address) is first looked for in
the store of `WEBRUNNER_DOWNLOADS`, where the preflight put it; a `download-cache` of the profile comes before it and
works as ever. A file without a checksum is never kept: nobody can tell whether it is still the same.
"""

import logging
import os
import re
import shutil
import tempfile

from webrunner_engine.download_store import store_of_environment
from webrunner_engine.transfer import with_retries

_SHA256 = re.compile(r"#(?:.*&)?sha256=([0-9a-fA-F]{64})")
_WEB = re.compile(r"^(?:https?|ftp)://", re.IGNORECASE)
_log = logging.getLogger("webrunner_engine")


def repair_downloads(module):
    retrieve, download = module.urlretrieve, module.Download.download

    def retrieve_again(url, *arguments, **options):
        return with_retries(url, lambda: retrieve(url, *arguments, **options), _log.info)

    def download_once(self, url, md5sum=None, path=None):
        store = store_of_environment()
        if store is None or not md5sum or not _WEB.match(url) or self.offline:
            return download(self, url, md5sum, path)
        kept = store.find("md5", md5sum)
        if kept is not None:
            self.logger.info("Using the kept download of %s", url)
            if path:
                shutil.copyfile(kept, path)
                return path, False
            handle, copy = tempfile.mkstemp(prefix="buildout-")
            os.close(handle)
            shutil.copyfile(kept, copy)
            return copy, True
        result = download(self, url, md5sum, path)
        store.keep(result[0], "md5", md5sum)
        return result

    module.urlretrieve = retrieve_again
    module.Download.download = download_once


def repair_index(module):
    open_page, download = module.open_with_auth, module.PackageIndex._download_other

    def open_again(url, *arguments, **options):
        return with_retries(url, lambda: open_page(url, *arguments, **options), _log.info)

    def download_once(self, url, filename):
        store, found = store_of_environment(), _SHA256.search(url)
        if store is None or found is None or not _WEB.match(url):
            return download(self, url, filename)
        kept = store.find("sha256", found[1])
        if kept is not None:
            self.url_ok(url, True)
            self.info("Using the kept download of %s", url)
            shutil.copyfile(kept, filename)
            return filename
        result = download(self, url, filename)
        store.keep(result, "sha256", found[1])
        return result

    module.open_with_auth = open_again
    module.PackageIndex._download_other = download_once


def repair(module):
    if module.__name__ == "zc.buildout.download":
        repair_downloads(module)
    else:
        repair_index(module)
