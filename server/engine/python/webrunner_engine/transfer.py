"""What is worth asking again when a download fails, and asking again.

A server that is busy, a connection that breaks, a name server that does not answer now: these pass. A file that is not
there, or is another than its checksum says, will be so in a second as well.
"""

import http.client
import socket
import ssl
import time
import urllib.error
import urllib.parse

# Seconds before the second, third and fourth attempt: 3.5 in all, for a server that restarts.
WAITS = (0.5, 1, 2)
# A server that asks for more patience is believed up to this.
LONGEST_WAIT = 15
PASSING_STATUSES = {408, 425, 429, 500, 502, 503, 504}

_given_up = set()
_attempts = len(WAITS) + 1


def never_again():
    """From now on everything is tried once."""
    global _attempts
    _attempts = 1


def describe(error):
    """`503 Service Unavailable`, `Connection refused`."""
    if isinstance(error, urllib.error.HTTPError):
        return ("%d %s" % (error.code, error.reason or "")).strip()
    reason = getattr(error, "reason", None) or error
    if isinstance(reason, (socket.timeout, TimeoutError)):
        return "timed out"
    if isinstance(reason, socket.gaierror):
        return "the name cannot be resolved: %s" % reason.strerror
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror
    return str(reason) or type(reason).__name__


def passes(error):
    """Whether the same request may well succeed a little later."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code in PASSING_STATUSES
    reason = getattr(error, "reason", None) or error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return False
    if isinstance(reason, socket.gaierror):
        return reason.errno == socket.EAI_AGAIN
    return isinstance(reason, (TimeoutError, ConnectionError, http.client.IncompleteRead, http.client.BadStatusLine,
                               urllib.error.ContentTooShortError))


def wait_before(attempt, error):
    wait = WAITS[attempt]
    headers = getattr(error, "headers", None)
    asked = headers.get("Retry-After") if headers else None
    if asked and asked.isdigit():
        wait = max(wait, min(int(asked), LONGEST_WAIT))
    return wait


def with_retries(url, work, say):
    """`work()`, again while its failure may pass; the last failure is raised. `say` gets a line for each new attempt.

    A host that was given up once is asked only once from then on: with no network at all nobody waits for each file.
    """
    host = urllib.parse.urlsplit(url).netloc
    for attempt in range(_attempts):
        try:
            return work()
        except (OSError, http.client.HTTPException) as error:
            if not passes(error):
                raise
            if attempt == _attempts - 1 or host in _given_up:
                _given_up.add(host)
                raise
            say("Trying again (%d of %d) after %s: %s" % (attempt + 1, len(WAITS), describe(error), without_secrets(url)))
            time.sleep(wait_before(attempt, error))
    raise AssertionError("unreachable")


def without_secrets(url):
    """An address may have a password in it, or a token behind the question mark."""
    parts = urllib.parse.urlsplit(url)
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
