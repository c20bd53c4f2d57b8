"""The verb `survey`: what eggs a run would fetch, with those that they require in turn, how large each is, and whether the
repositories that parts clone answer. Asked before anybody runs anything, so that a person can see it.

It finds out what the preflight (preflight.py) will, by the same rules, and takes as little as it can: of a wheel the index
tells the requirements in a small file of its own (PEP 658); other eggs are fetched into the project's store, from which
the run will take them. A server that cannot be reached is asked once. Nothing is built and nothing of an egg is executed.

Promises: each line of the output is a JSON object: `{"done", "total"}` as it goes on, `{"egg": …}` and `{"checkout": …}`.
"""

import concurrent.futures
import http.client
import json
import os
import re
import sys
import tempfile
import urllib.error
import urllib.parse

from packaging.utils import canonicalize_name

from webrunner_engine.checkouts import NotThere, ask_repository
from webrunner_engine.egg_requirements import requirements_in, requirements_of
from webrunner_engine.preflight import CONNECTIONS, TIMEOUT_SECONDS, Preflight, open_url
from webrunner_engine.transfer import describe, never_again

SHA256 = re.compile(r"#(?:.*&)?sha256=([0-9a-fA-F]{64})")


def write(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


class Progress:
    def __init__(self, total):
        self.total = total
        self.done = 0

    def tell(self):
        write({"done": self.done, "total": self.total})


class Survey(Preflight):
    def run(self):
        os.environ["WEBRUNNER_DOWNLOADS"] = self.store.directory
        # What fails is asked once: a person waits for the answer.
        never_again()
        eggs, checkouts = self.unseen(self.missing_eggs()), self.wanted_checkouts()
        progress = Progress(len(eggs) + len(checkouts))
        progress.tell()
        with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as executor:
            running = {executor.submit(self.ask_checkout, entry) for entry in checkouts}
            running |= {executor.submit(self.ask_egg, egg) for egg in eggs}
            while running:
                done, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    answer, more = future.result()
                    write(answer)
                    more = self.unseen(more)
                    progress.total += len(more)
                    progress.done += 1
                    running |= {executor.submit(self.ask_egg, egg) for egg in more}
                progress.tell()
        self.store.prune()

    def ask_checkout(self, entry):
        asked = {name: entry[name] for name in ("repository", "branch", "revision") if entry.get(name)}
        try:
            ask_repository(entry["repository"], entry.get("branch"), entry.get("revision"), not entry.get("ignoresCertificate"), TIMEOUT_SECONDS)
        except (NotThere, OSError) as error:
            asked["problem"] = str(error) or describe(error)
        return {"checkout": asked}, []

    def ask_egg(self, egg):
        """What was found out of the egg, and the eggs that it requires in turn."""
        answer = {"requirement": egg.requirement, "extras": list(egg.extras)}
        try:
            requirements = self.look_at(egg, answer)
        except (OSError, http.client.HTTPException, ValueError, LookupError) as error:
            answer["problem"] = str(error) if isinstance(error, LookupError) else describe(error)
            return {"egg": answer}, []
        more, answer["requires"] = [], []
        for requirement in requirements:
            version = self.pins.get(canonicalize_name(requirement.name))
            text = "%s%s" % (requirement.name, requirement.specifier)
            missing = self.to_missing(requirement.name, version, text, requirement.extras, egg.part)
            if missing:
                more.append(missing)
                answer["requires"].append({"requirement": missing.requirement, "extras": list(missing.extras)})
        return {"egg": answer}, more

    def look_at(self, egg, answer):
        """Fills in `version`, `sizeBytes` and `sha256`; gives the requirements."""
        from zc.buildout import easy_install  # with the layer: the store

        url = self.index or easy_install.default_index_url
        index = easy_install.AllowHostsPackageIndex(url, hosts=tuple(self.hosts))
        if self.links:
            index.add_find_links(self.links)
        installer = easy_install.Installer(dest=self.store.directory, versions={})
        installer._index = index
        wanted = easy_install.pkg_resources.Requirement.parse(egg.requirement)
        try:
            distribution = installer._obtain(wanted, egg.source)
        except easy_install.distutils.errors.DistutilsError as error:
            raise LookupError(str(error)) from error
        if distribution is None:
            raise LookupError(self.why_none(url, wanted.project_name))
        answer["version"] = distribution.version
        location = distribution.location
        digest = SHA256.search(location)
        if digest:
            answer["sha256"] = digest[1].lower()
        kept = self.store.find("sha256", digest[1]) if digest else None
        if kept:
            answer["sizeBytes"] = os.path.getsize(kept)
            return requirements_of(kept, egg.extras)
        plain = location.partition("#")[0]
        if plain.endswith(".whl") and plain.startswith(("http://", "https://")):
            try:
                with open_url(plain + ".metadata") as reply:
                    metadata = reply.read().decode("utf-8", "replace")
                with open_url(plain, "HEAD") as reply:
                    answer["sizeBytes"] = int(reply.headers["Content-Length"])
                return requirements_in(metadata, egg.extras)
            except (OSError, http.client.HTTPException, TypeError, ValueError):
                answer.pop("sizeBytes", None)  # An index that is older than PEP 658: the wheel itself says it.
        with tempfile.TemporaryDirectory(dir=self.store.directory, prefix=".new-") as temporary:
            path = index.download(location, temporary)
            answer["sizeBytes"] = os.path.getsize(path)
            return requirements_of(path, egg.extras)

    def why_none(self, index, name):
        """The package index takes a server that does not answer for one that has no such page."""
        if self.eggs_may_be_local:
            return "the index has none; the buildout may develop it itself"
        try:
            open_url(urllib.parse.urljoin(index.rstrip("/") + "/", canonicalize_name(name) + "/")).close()
        except urllib.error.HTTPError as error:
            if error.code != 404:
                return "the index answers %s" % describe(error)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return "the index cannot be asked: %s" % describe(error)
        return "the index has no such version"


def run(spec):
    # A reader of JSON is at the other end: what the machinery has to say is for nobody.
    survey = Survey(spec)
    os.makedirs(survey.store.directory, exist_ok=True)
    survey.run()
    return 0
