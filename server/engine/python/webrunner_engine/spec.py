"""Reading a spec file and taking values out of it; what is wrong with it is said in one line (exit code 4)."""

import json
import os

from webrunner_engine.report import SpecError

_KINDS = {str: "a text", int: "a whole number", bool: "true or false", dict: "an object", list: "a list"}


def read_spec(path):
    try:
        with open(path, encoding="utf-8") as file:
            spec = json.load(file)
    except OSError as error:
        raise SpecError("The spec cannot be read: %s" % error.strerror) from error
    except ValueError as error:
        raise SpecError("The spec is no JSON: %s" % error) from error
    if not isinstance(spec, dict):
        raise SpecError("The spec must be an object")
    return spec


def take(spec, name, kind, default=None, required=False):
    value = spec.get(name)
    if value is None:
        if required:
            raise SpecError("The spec lacks %s" % name)
        return default
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise SpecError("%s must be %s" % (name, _KINDS[kind]))
    return value


def take_path(spec, name, required=True):
    path = take(spec, name, str, required=required)
    if path is None:
        return None
    if not os.path.isabs(path) or "\0" in path or "\n" in path:
        raise SpecError("%s must be an absolute path" % name)
    return os.path.normpath(path)


def is_url(profile):
    return profile.startswith(("http://", "https://"))


def take_profile(spec, required=True):
    profile = take(spec, "profile", str, required=required)
    if profile is None or is_url(profile):
        return profile
    return take_path(spec, "profile")
