"""The verb `render`: a file of a node as the next runs would leave it, without a run.

The real recipe renders it, in this process, which is confined first (`sandbox`) and writes into a shadow (`shadow_files`).
Prints JSON: the bytes in base64, the part with its recipe, what should be known about it; or the error with its context.
"""

import base64
import json
import os
import re
import shutil
import sys
import tempfile
import traceback

from webrunner_engine.instance import serialisation_of
from webrunner_engine.node import BIN, Node
from webrunner_engine.preview.levels import Levels, quiet_logging
from webrunner_engine.preview.parameters import choose
from webrunner_engine.preview.sandbox import confine
from webrunner_engine.preview.shadow_files import ShadowFiles
from webrunner_engine.report import DONE, RunFailed, SpecError
from webrunner_engine.spec import take, take_path, take_profile

LIMIT_BYTES = 8 << 20
LOG_LINES = 40


def run(spec):
    node, profile, path = Node(spec), take_profile(spec), take_path(spec, "file")
    partition, texts = take(spec, "partition", str), take(spec, "texts", dict, {})
    if partition is not None and not re.fullmatch(r"slappart[0-9]+", partition):
        raise SpecError("partition must be one of slappart0, slappart1 …")
    parameters, software_type = take(spec, "parameters", dict), take(spec, "softwareType", str)
    serialisation = serialisation_of(profile, software_type) if parameters is not None else "xml"
    scratch = tempfile.mkdtemp(prefix="webrunner-preview-")
    answer_to = os.dup(1)
    os.dup2(2, 1)
    child = os.fork()
    if child:
        # The confined process cannot be told to remove its own scratch directory once it is killed.
        _, status = os.waitpid(child, 0)
        shutil.rmtree(scratch, ignore_errors=True)
        if os.WIFSIGNALED(status):
            raise RunFailed("Rendering was ended: it took too long, or too much memory")
        return os.WEXITSTATUS(status)
    code = 1
    try:
        environment = node.environment()
        os.environ.clear()
        os.environ.update(environment, HOME=os.path.join(node.instance_root, partition) if partition else node.root)
        files = ShadowFiles(scratch)
        port = node.port()
        choose(node, partition, parameters, serialisation, software_type)
        quiet_logging(sys.stderr)
        confine(scratch, port)
        files.install()
        answer = render(Levels(node, profile, partition, files), path, texts)
        data = json.dumps(answer).encode()
        while data:
            data = data[os.write(answer_to, data):]
        code = DONE
    except RunFailed as failure:
        os.write(answer_to, json.dumps({"error": str(failure)}).encode())
        code = DONE
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def render(levels, path, texts):
    for name, text in texts.items():
        if not os.path.isabs(name) or not isinstance(text, str):
            raise SpecError("texts must be texts by absolute path")
        levels.files.put(name, text.encode("utf-8"))
    level = part = None
    try:
        if levels.partition is not None and path == os.path.join(levels.directory, "buildout.cfg"):
            levels.level("partition")
        else:
            level, part = levels.find(path)
            if part is None:
                return {"error": "No part of the profiles says that it renders this file", "notes": levels.notes}
            levels.make(level, part, path)
        content = levels.files.written(path) or levels.written_instead(path)
    except RunFailed:
        raise
    except BaseException as error:  # recipes raise what they like, SystemExit too
        return {**describe(error), "part": part, "notes": levels.notes}
    if content is None:
        return {"error": "The part [%s] did not write the file" % part, "part": part, "notes": levels.notes}
    if len(content) > LIMIT_BYTES:
        return {"error": "The file is too large to be shown", "part": part, "notes": levels.notes}
    return {
        "content": base64.b64encode(content).decode(),
        "part": part,
        "recipe": level and level._raw(part, "recipe"),
        "notes": levels.notes,
    }


def describe(error):
    """What was wrong, what buildout was doing, and where in a file that is no program's."""
    message = str(error) or type(error).__name__
    if not isinstance(error, (PermissionError,)) and type(error).__module__ not in ("zc.buildout",):
        message = "%s: %s" % (type(error).__name__, message)
    doing, place = [], None
    frame = error.__traceback__
    while frame is not None:
        names = frame.tb_frame.f_locals
        said = names.get("__doing__")
        if said:
            doing.append(said if isinstance(said, str) else said[0] % said[1:])
        source = frame.tb_frame.f_code.co_filename
        if os.path.isabs(source) and not source.startswith((os.path.dirname(BIN), sys.base_prefix, os.path.dirname(os.__file__))):
            place = {"path": source, "line": frame.tb_lineno}
        frame = frame.tb_next
    if getattr(error, "lineno", None) and getattr(error, "filename", None):
        place = {"path": error.filename, "line": error.lineno}
    return {
        "error": message.strip(),
        "doing": doing,
        "place": place,
        "traceback": "".join(traceback.format_exception(error)).splitlines()[-LOG_LINES:],
    }
