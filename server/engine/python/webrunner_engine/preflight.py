"""What a run will download, fetched in parallel before it begins: a dead link is known in seconds, not after hours.

Files with an md5sum go into the project's store (download_store), from which the layer hands them to zc.buildout; so do
the eggs that the profile pins and parts name, and those pinned ones that these require in turn. A file without a checksum,
a profile that is extended by its address, and a repository to be cloned are only asked after: nobody could say later
whether they are still the same. What is there already, in the store, in the profile's download-cache or among the eggs, is
not asked for.

Promises: nothing but the store is changed; ends with the run's process group; progress is said at most once a second.
"""

import collections
import concurrent.futures
import hashlib
import http.client
import importlib.metadata
import os
import re
import shutil
import threading
import time
import urllib.error
import urllib.request

from packaging.utils import canonicalize_name

from webrunner_engine.checkouts import NotThere, ask_repository
from webrunner_engine.download_store import DownloadStore, digest_of
from webrunner_engine.egg_requirements import requirements_of
from webrunner_engine.layer.stand_in import stand_in
from webrunner_engine.report import RunFailed, SpecError, say
from webrunner_engine.spec import take, take_path
from webrunner_engine.transfer import describe, with_retries, without_secrets

# Enough to hide the latency of a far server, few enough not to be taken for an attack.
CONNECTIONS = 16
TIMEOUT_SECONDS = 30
PIECE_BYTES = 1 << 16
# Dead links beyond these are counted only.
SHOWN = 20

# `part` is None for what the profile itself needs.
Failure = collections.namedtuple("Failure", "part what reason")
Egg = collections.namedtuple("Egg", "requirement extras part source")


class Progress:
    """Counts over all connections, said from whichever thread comes first."""

    def __init__(self, total):
        self._lock = threading.Lock()
        self._said = time.monotonic()
        self.total = total
        self.done = 0
        self.bytes = 0
        self.expected = 0

    def expect_more(self, count):
        with self._lock:
            self.total += count

    def expect(self, size):
        with self._lock:
            self.expected += size

    def add(self, size=0, done=0):
        with self._lock:
            self.bytes += size
            self.done += done
            now = time.monotonic()
            if now - self._said < 1 or self.done == self.total:
                return
            self._said = now
            text = "Downloads: %d of %d, %s" % (self.done, self.total, megabytes(self.bytes))
            say(text + (" of %s" % megabytes(self.expected) if self.expected > self.bytes else ""))


def megabytes(size):
    return "%.1f MB" % (size / 1e6)


def open_url(url, method="GET"):
    request = urllib.request.Request(url, method=method, headers={"User-Agent": "webrunner", "Accept-Encoding": "identity"})
    return urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)


def fetch(store, url, md5sum, progress):
    """Into the store. Raises `Mismatch`, or what the network raised."""
    temporary = store.new_file()
    try:
        def attempt():
            digest, size = hashlib.md5(usedforsecurity=False), 0
            with open_url(url) as answer, open(temporary, "wb") as file:
                expected = int(answer.headers.get("Content-Length") or 0)
                progress.expect(expected)
                while piece := answer.read(PIECE_BYTES):
                    file.write(piece)
                    digest.update(piece)
                    size += len(piece)
                    progress.add(len(piece))
            if size < expected:
                progress.expect(-expected)
                progress.add(-size)
                raise http.client.IncompleteRead(b"", expected - size)
            return digest.hexdigest()

        found = with_retries(url, attempt, say)
        if found != md5sum.lower():
            raise Mismatch(found)
        store.accept(temporary, "md5", md5sum)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


class Mismatch(Exception):
    """The file has this checksum instead."""


def ask_after(url):
    """Raises what the network raised when there is no such file; servers that know no HEAD are asked for the first bytes."""
    def attempt():
        try:
            open_url(url, "HEAD").close()
        except urllib.error.HTTPError as error:
            if error.code not in (400, 403, 405, 501):
                raise
            open_url(url).close()

    with_retries(url, attempt, say)


def name_of(url):
    return hashlib.md5(url.encode(), usedforsecurity=False).hexdigest()


def cached_by_profile(cache, url, md5sum):
    """zc.buildout names a cached file by its address's MD5, or by the last part of its path."""
    names = [name_of(url)]
    names += [name for name in url.split("?")[0].split("/")[3:] if name][-1:]
    for name in names:
        path = os.path.join(cache, name)
        if os.path.isfile(path) and digest_of(path, "md5") == md5sum.lower():
            return True
    return False


class Preflight:
    def __init__(self, spec):
        self.store = DownloadStore(take_path(spec, "store"))
        plan = take(spec, "preflight", dict, {})
        self.files = take(plan, "files", list, [])
        self.eggs = take(plan, "eggs", list, [])
        self.checkouts = take(plan, "checkouts", list, [])
        self.extends = take(plan, "extends", list, [])
        self.pins = {canonicalize_name(name): version for name, version in take(plan, "pins", dict, {}).items()}
        self.cache = take_path(plan, "downloadCache", required=False)
        self.extends_cache = take_path(plan, "extendsCache", required=False)
        self.eggs_directory = take_path(plan, "eggsDirectory", required=False)
        self.index = take(plan, "index", str)
        self.links = take(plan, "findLinks", list, [])
        self.hosts = take(plan, "allowHosts", list, ["*"])
        self.developed = {canonicalize_name(each["egg"]) for each in take(spec, "develop", list, [])}
        self.eggs_may_be_local = take(plan, "eggsMayBeLocal", bool, False)
        for entries, names in ((self.files, ("part", "url")), (self.eggs, ("part", "name", "requirement")),
                               (self.checkouts, ("part", "repository")), (self.extends, ("url",))):
            for entry in entries:
                if not isinstance(entry, dict) or not all(isinstance(entry.get(name), str) for name in names):
                    raise SpecError("preflight: an entry is an object with %s" % " and ".join(names))
        self.failures = []
        # Of each requirement that was looked for, the extras.
        self.seen = {}

    def missing_files(self):
        found = {}
        for entry in self.files:
            md5sum = entry.get("md5sum") or None
            if md5sum and (self.store.has("md5", md5sum) or (self.cache and cached_by_profile(self.cache, entry["url"], md5sum))):
                continue
            found.setdefault((entry["url"], md5sum), entry)
        return found

    def missing_extends(self):
        """Those that zc.buildout has no copy of, which it would take instead."""
        urls = dict.fromkeys(entry["url"] for entry in self.extends)
        cache = self.extends_cache
        return [url for url in urls if not (cache and os.path.isfile(os.path.join(cache, name_of(url))))]

    def missing_eggs(self):
        found = [self.to_missing(entry["name"], entry.get("version"), entry["requirement"], entry.get("extras") or [], entry["part"],
                                 entry.get("isSource") is True)
                 for entry in self.eggs]
        return [egg for egg in found if egg]

    def to_missing(self, name, version, requirement, extras, part, source=False):
        """None for what is there already, or will be when it is needed."""
        if canonicalize_name(name) in self.developed or self.is_own(name) or self.has_egg(name, version or "*"):
            return None
        # Pins that no index has give way as they will in the run.
        wanted = "%s==%s" % (name, stand_in(canonicalize_name(name), version)) if version else requirement
        return Egg(wanted, tuple(sorted(extras)), part, source)

    def unseen(self, eggs):
        """Those that were not looked for before, or not with all of these extras."""
        found = []
        for egg in eggs:
            extras = self.seen.get(egg.requirement)
            if extras is None or not extras.issuperset(egg.extras):
                found.append(egg)
            self.seen.setdefault(egg.requirement, set()).update(egg.extras)
        return found

    def required_in_turn(self, path, egg):
        """The pinned ones; which version another will have is known to the run only."""
        for requirement in requirements_of(path, egg.extras):
            version = self.pins.get(canonicalize_name(requirement.name))
            missing = version and self.to_missing(requirement.name, version, None, requirement.extras, egg.part)
            if missing:
                yield missing

    @staticmethod
    def is_own(name):
        try:
            importlib.metadata.version(name)
        except (importlib.metadata.PackageNotFoundError, ValueError):
            return False
        return True

    def has_egg(self, name, version):
        if not self.eggs_directory:
            return False
        try:
            names = os.listdir(self.eggs_directory)
        except OSError:
            return False
        for egg in names:
            found = re.match(r"(.+?)-([^-]+)(?:-.*)?\.egg$", egg)
            if found and canonicalize_name(found[1]) == canonicalize_name(name) and version in ("*", found[2]):
                return True
        return False

    def run(self):
        """Failures that are certain to end the run; `warnings` are those of files without a checksum."""
        files, eggs = self.missing_files(), self.unseen(self.missing_eggs())
        checkouts, extends = self.wanted_checkouts(), self.missing_extends()
        total = len(files) + len(eggs) + len(checkouts) + len(extends)
        if total == 0:
            return []
        # The layer of this process keeps the eggs there, as it will find them there in the run.
        os.environ["WEBRUNNER_DOWNLOADS"] = self.store.directory
        begin, progress = time.monotonic(), Progress(total)
        say("Downloads: looking for %d %s before the run" % (total, "file" if total == 1 else "files"))
        executor = concurrent.futures.ThreadPoolExecutor(CONNECTIONS)
        try:
            running = {executor.submit(self.take_file, *key, entry, progress) for key, entry in files.items()}
            running |= {executor.submit(self.take_checkout, entry, progress) for entry in checkouts}
            running |= {executor.submit(self.take_extends, url, progress) for url in extends}
            running |= {executor.submit(self.take_egg, egg, progress) for egg in eggs}
            while running:
                done, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                more = self.unseen(egg for future in done for egg in future.result() or ())
                progress.expect_more(len(more))
                running |= {executor.submit(self.take_egg, egg, progress) for egg in more}
        finally:
            executor.shutdown(cancel_futures=True)
        count = progress.total
        say("Downloads: %d of %d, %s, took %.1f s" % (count - len(self.failures), count, megabytes(progress.bytes), time.monotonic() - begin))
        self.store.prune()
        order = [None, *(entry["part"] for entry in (*self.files, *self.eggs, *self.checkouts))]
        return sorted(self.failures, key=lambda failure: order.index(failure.part))

    def wanted_checkouts(self):
        if self.checkouts and not shutil.which("git"):
            say("There is no git here: the repositories of %s are not asked for" % ", ".join(entry["part"] for entry in self.checkouts))
            return []
        return self.checkouts

    def take_checkout(self, entry, progress):
        part, repository = entry["part"], entry["repository"]
        try:
            def attempt():
                ask_repository(repository, entry.get("branch"), entry.get("revision"), not entry.get("ignoresCertificate"), TIMEOUT_SECONDS)

            with_retries(repository, attempt, say)
        except (NotThere, OSError) as error:
            self.failures.append(Failure(part, repository, describe(error)))
        progress.add(done=1)

    def take_extends(self, url, progress):
        try:
            ask_after(url)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.failures.append(Failure(None, url, describe(error)))
        progress.add(done=1)

    def take_file(self, url, md5sum, entry, progress):
        part, failure = entry["part"], None
        # A recipe that is given a second address asks there when it cannot have the first.
        for address in (url, entry.get("alternateUrl")):
            if not address:
                continue
            try:
                if md5sum:
                    fetch(self.store, address, md5sum, progress)
                else:
                    ask_after(address)
                failure = None
                break
            except Mismatch as error:
                failure = failure or "MD5 checksum mismatch: the file has %s, the profile says %s" % (error, md5sum)
            except (OSError, http.client.HTTPException, ValueError) as error:
                failure = failure or describe(error)
        if failure and md5sum:
            self.failures.append(Failure(part, url, failure))
        elif failure:
            say("Warning: part %s: %s cannot be had now: %s" % (part, without_secrets(url), failure))
        progress.add(done=1)

    def take_egg(self, egg, progress):
        """Gives the pinned eggs that it requires in turn."""
        from zc.buildout import easy_install  # with the layer: pins that the engine stands in for, the store

        index = easy_install.AllowHostsPackageIndex(self.index or easy_install.default_index_url, hosts=tuple(self.hosts))
        if self.links:
            index.add_find_links(self.links)
        installer = easy_install.Installer(dest=self.store.directory, versions={})
        installer._index = index
        temporary = self.store.new_file()
        os.unlink(temporary)
        os.mkdir(temporary)
        requirement, part = egg.requirement, egg.part
        try:
            distribution = installer._obtain(easy_install.pkg_resources.Requirement.parse(requirement), egg.source)
            if distribution is None and self.eggs_may_be_local:
                say("The index has no %s: taken for an egg that the buildout itself develops" % requirement)
            elif distribution is None:
                self.failures.append(Failure(part, requirement, "Couldn't find a distribution for '%s'." % requirement))
            else:
                path = index.download(distribution.location, temporary)
                progress.add(os.path.getsize(path) if os.path.isfile(path) else 0)
                return list(self.required_in_turn(path, egg))
        except (OSError, http.client.HTTPException, easy_install.distutils.errors.DistutilsError) as error:
            self.failures.append(Failure(part, requirement, describe(error)))
        finally:
            easy_install.zc.buildout.rmtree.rmtree(temporary)
            progress.add(done=1)
        return []


def preflight(spec, keeps_going):
    """Fetches what the spec's `preflight` names. What cannot be had ends the run here, unless it is to keep going."""
    failures = Preflight(spec).run()
    if not failures:
        return
    for part, what, reason in failures[:SHOWN]:
        whose = "part %s" % part if part else "extends"
        say("Cannot download for %s: %s: %s" % (whose, what if "://" not in what else without_secrets(what), reason))
    if len(failures) > SHOWN:
        say("Cannot download: %d more" % (len(failures) - SHOWN))
    if not keeps_going:
        count = len(failures)
        raise RunFailed("%d of the downloads cannot be had; nothing was changed" % count if count > 1
                        else "A download cannot be had; nothing was changed")
