"""The verb `instance`: requests an instance, and processes its partitions until its promises hold.

slapgrid checks promises right after it has started the services, before they can listen, and then ends with 2. So a
first 2 is no verdict: the promises are checked again until a deadline, or until a service has exited with a failure.
"""

import contextlib
import json
import os
import re
import time

from webrunner_engine.database import ProxyDatabase, parameters_of
from webrunner_engine.node import Node
from webrunner_engine.node_setup import ensure_formatted
from webrunner_engine.promises import promise_results
from webrunner_engine.report import DONE, FAILED, PROMISE_FAILED, RunFailed, SpecError, say, say_error
from webrunner_engine.slapos_command import ALREADY_RUNNING, ANOTHER, connect, run_slapos, write_output
from webrunner_engine.software import is_complete
from webrunner_engine.spec import is_url, take, take_path, take_profile
from webrunner_engine.supervisor import processes

# An instance may request others, which may request others: as many rounds as a deep tree needs.
MAXIMUM_ROUNDS = 10
PAUSE_SECONDS = 0.5
LOG_LINES = 20


def read_parameters(spec):
    parameters = take(spec, "parameters", dict)
    path = take_path(spec, "parametersFile", required=False)
    if parameters is not None or path is None:
        return parameters or {}
    try:
        with open(path, encoding="utf-8") as file:
            parameters = json.load(file)
    except OSError as error:
        raise RunFailed("The parameters cannot be read: %s: %s" % (path, error.strerror)) from error
    except ValueError as error:
        raise RunFailed("The parameters are no JSON: %s: %s" % (path, error)) from error
    if not isinstance(parameters, dict):
        raise RunFailed("The parameters must be a JSON object: %s" % path)
    return parameters


def serialisation_of(profile, software_type, shared=False):
    """What the release's software.cfg.json says, for this type or for all; xml when there is none."""
    if is_url(profile):
        return "xml"
    description = None
    # A sandbox has the description of the release that it extends.
    for described in (profile, re.sub(r"\.sandbox\.cfg$", ".cfg", profile)):
        try:
            with open(described + ".json", encoding="utf-8") as file:
                description = json.load(file)
                break
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            raise RunFailed("The description of the release cannot be read: %s.json: %s" % (described, error)) from error
    if description is None:
        return "xml"
    types = description.get("software-type") or {}
    own = types.get((software_type or "default") + ("-slave" if shared else "")) or types.get(software_type or "default") or {}
    return own.get("serialisation") or description.get("serialisation") or "xml"


def serialise(parameters, serialisation):
    if serialisation == "json-in-xml":
        return {"_": json.dumps(parameters)}
    if serialisation != "xml":
        raise SpecError("serialisation must be xml or json-in-xml: %s" % serialisation)
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}


def forget_timestamps(node, partitions):
    """A user's click is a reason to process a partition that slapgrid takes for up to date."""
    for partition in partitions:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(node.instance_root, partition, ".timestamp"))


def exited_services(node, partitions):
    """Services (not one-shot scripts) of these partitions that ended with a failure."""
    return [info for info in processes(node.supervisord_socket) or []
            if info["group"] in partitions and info["statename"] in ("EXITED", "FATAL")
            and (info["exitstatus"] or info["statename"] == "FATAL")]


def say_last_lines(info):
    try:
        with open(info["stdout_logfile"], "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 8192))
            lines = file.read().decode("utf-8", "replace").splitlines()[-LOG_LINES:]
    except OSError:
        lines = []
    if lines:
        say("The last lines of its log (%s):" % info["stdout_logfile"])
        write_output("\n".join("  " + line for line in lines))


def service_name(info):
    return re.sub(r"-on-watch$", "", info["name"])


def published_by_tree(node, database, name):
    """What may let a requester go on that could not before: who is there, was built, and publishes what."""
    partitions = set(database.tree(name))
    return [(row["reference"], row["connection_xml"], os.path.exists(os.path.join(node.instance_root, row["reference"], ".installed.cfg")))
            for row in database.partitions() if row["reference"] in partitions]


def process_tree(node, database, name):
    """The exit code of `slapos node instance` over the instance and everything that it requests.

    An instance that needs what it has requested fails until that is there: it is tried again as long as a round has
    brought something new.
    """
    code = DONE
    done = set()
    for _round in range(MAXIMUM_ROUNDS):
        partitions = database.tree(name)
        if code == DONE and set(partitions) <= done:
            return code
        before = published_by_tree(node, database, name)
        forget_timestamps(node, [partition for partition in partitions if partition not in done])
        done = set(partitions)
        code = run_slapos(node, "node", "instance", "--only-cp", ",".join(partitions))
        if code == PROMISE_FAILED and set(database.tree(name)) <= done:
            return code
        if code not in (DONE, PROMISE_FAILED):
            if published_by_tree(node, database, name) == before:
                return code
            say("Trying again: what was requested has changed meanwhile")
    return code


def failed_promises(node, partitions):
    return ["%s: %s" % (result["name"], result["message"].strip() or "failed")
            for partition in partitions
            for result in promise_results(os.path.join(node.instance_root, partition))
            if result["state"] == "failed"]


def wait_for_promises(node, partitions, seconds):
    """The exit code after giving the promises time."""
    deadline = time.monotonic() + seconds
    while True:
        exited = exited_services(node, partitions)
        if exited or time.monotonic() >= deadline:
            break
        time.sleep(min(PAUSE_SECONDS, max(0.0, deadline - time.monotonic())))
        say("Checking the promises again (%d s left)" % max(0, deadline - time.monotonic()))
        code, output = run_slapos(node, "node", "instance", "--only-cp", ",".join(partitions), quiet=True)
        if code != PROMISE_FAILED:
            write_output(output)
            return code
    for info in exited:
        say("The service %s of %s has exited (%s)" % (
            service_name(info), info["group"], "exit code %d" % info["exitstatus"] if info["exitstatus"] else info["spawnerr"]))
        say_last_lines(info)
    return PROMISE_FAILED


def request(node, name, profile, software_type, parameters, state, shared=False):
    from slapos.slap import NotFoundError, ResourceNotReady

    try:
        connect(node).registerOpenOrder().request(
            profile, name, partition_parameter_kw=parameters, software_type=software_type,
            filter_kw={"computer_guid": node.computer}, state=state, shared=shared)
    except ResourceNotReady:
        pass  # that is how a new instance is answered
    except NotFoundError as error:
        if shared:
            raise RunFailed("No instance of this release and type can serve a shared one: run such an instance first") from error
        raise RunFailed("There is no free partition: all %d are in use. Destroy an instance first, or give the node more partitions" % node.partitions) from error


def published(database, name, shared):
    if shared:
        return (database.shared_instance(name) or {"connection": {}})["connection"]
    row = database.instance(name)
    return parameters_of(row["connection_xml"]) if row else {}


def run(spec):
    node, profile, name = Node(spec), take_profile(spec), take(spec, "name", str, required=True)
    software_type, state = take(spec, "softwareType", str), take(spec, "state", str, "started")
    if state not in ("started", "stopped"):
        raise SpecError("state must be started or stopped")
    if not name.strip() or "\n" in name:
        raise SpecError("name must be a line of text")
    shared = take(spec, "shared", bool, False)
    parameters = serialise(
        read_parameters(spec), take(spec, "serialisation", str) or serialisation_of(profile, software_type, shared))
    if not is_complete(node.software_directory(profile)):
        raise RunFailed("The software is not built: run the software first")
    ensure_formatted(node)
    database = ProxyDatabase(node.database, node.computer)
    say("Requesting the %sinstance %s (%s)" % ("shared " if shared else "", name, state))
    request(node, name, profile, software_type, parameters, state, shared)
    # A shared instance has no partition of its own: the instance that serves it is processed.
    root = name
    if shared:
        found = database.shared_instance(name)
        if found is None:
            raise RunFailed("No instance serves the shared instance %s" % name)
        root = database.root_of(found["host"])
        say("The instance %s serves it" % root)
    code = process_tree(node, database, root)
    partitions = database.tree(root)
    if code == PROMISE_FAILED and state == "started":
        code = wait_for_promises(node, partitions, take(spec, "promiseSeconds", int, 20))
    if code == PROMISE_FAILED:
        failed = failed_promises(node, partitions)
        say_error("A promise fails: %s" % "; ".join(failed or ["see the log"]))
        return PROMISE_FAILED
    if code:
        say_error(ANOTHER if code == ALREADY_RUNNING else "The instance was not built (exit code %d)" % code)
        return FAILED
    if state == "started":
        say("Published connection parameters: %d" % len(published(database, name, shared)))
    say("The instance %s is %s" % (name, state))
    return DONE
