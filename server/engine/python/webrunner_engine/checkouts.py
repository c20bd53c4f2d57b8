"""Whether a git repository that a part clones answers, and has the branch or tag that the part names.

Nothing is fetched but the list of references. Of a commit nobody can say without cloning whether it is there.
"""

import os
import re
import subprocess

from webrunner_engine.transfer import without_secrets

# `ext::` and the like would run a program.
PROTOCOLS = "file:git:http:https:ssh"
COMMIT = re.compile(r"[0-9a-f]{7,40}$")
NAME = re.compile(r"[\w./+-]+$")
# What may well be otherwise a little later; git's own words, in the C locale.
PASSES = re.compile(r"returned error: (?:408|425|429|5\d\d)|[Tt]imed out|Connection (?:reset|refused)|Empty reply|hung up")


class NotThere(Exception):
    """The repository cannot be had, or has no such reference."""


def ask_repository(repository, branch, revision, checks_certificate, timeout):
    """Raises `NotThere`, or `ConnectionError` and `TimeoutError` for what may pass."""
    wanted = revision or branch
    name = re.sub(r"^(?:refs/remotes/)?origin/", "", wanted or "")
    names = name and NAME.match(name) and not (revision and COMMIT.match(name))
    patterns = ["refs/heads/" + name, "refs/tags/" + name] if names else ["HEAD"]
    environment = {
        **os.environ,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": PROTOCOLS,
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
    }
    if not checks_certificate:
        environment["GIT_SSL_NO_VERIFY"] = "1"
    try:
        asked = subprocess.run(["git", "ls-remote", "--", repository, *patterns], cwd="/", env=environment, timeout=timeout,
                               stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    except subprocess.TimeoutExpired:
        raise TimeoutError() from None
    if asked.returncode != 0:
        lines = [line for line in asked.stderr.replace(repository, without_secrets(repository)).splitlines() if line]
        reason = next((line for line in lines if line.startswith("fatal: ")), lines[-1] if lines else "git failed")
        raise (ConnectionError if PASSES.search(asked.stderr) else NotThere)(reason.removeprefix("fatal: "))
    if names and not asked.stdout.strip():
        raise NotThere("the repository has no branch or tag %s" % name)
