"""Gap: `${:_profile_base_location_}`, the directory (or base URL) of the profile that says it.

The rule of SlapOS's buildout: after one file is parsed, each of its sections in which some value contains exactly this
text gets an option of that name. From then on it is an ordinary option: the last file that uses it wins for the whole
section, a file that extends the section without using it keeps the earlier one, and users of a macro inherit it.
"""

import os
import posixpath
import urllib.parse

OPTION = "_profile_base_location_"
REFERENCE = "${:%s}" % OPTION


def base_of(profile):
    """The directory of a profile's path, or the base of its URL, with `..` resolved."""
    if "://" not in profile:
        return os.path.dirname(os.path.normpath(profile))
    parts = urllib.parse.urlsplit(profile)
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, posixpath.dirname(posixpath.normpath(parts.path)), "", ""))


def repair(module):
    annotate = module._annotate

    def annotate_with_base(data, source):
        # Called with the plain values of one file, and its path or URL, before it is merged with others.
        for section in data.values():
            if any(REFERENCE in value for value in section.values()):
                section[OPTION] = base_of(source)
        return annotate(data, source)

    module._annotate = annotate_with_base
