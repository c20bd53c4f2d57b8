"""The verb `destroy`: an instance and all that it requested end, and their partitions are free again."""

from webrunner_engine.database import ProxyDatabase
from webrunner_engine.instance import forget_timestamps, request
from webrunner_engine.node import Node
from webrunner_engine.node_setup import ensure_formatted
from webrunner_engine.report import DONE, FAILED, PROMISE_FAILED, RunFailed, say, say_error
from webrunner_engine.slapos_command import run_slapos
from webrunner_engine.spec import take


def destroy_shared(node, database, shared):
    """It is taken off the instance that serves it, which is processed again and lives on."""
    name, host = shared["name"], shared["host"]
    say("Destroying the shared instance %s (served by %s)" % (name, database.root_of(host)))
    request(node, name, host["software_release"], shared["software_type"], {}, "destroyed", shared=True)
    partitions = database.tree(database.root_of(host))
    forget_timestamps(node, partitions)
    code = run_slapos(node, "node", "instance", "--only-cp", ",".join(partitions))
    if code not in (DONE, PROMISE_FAILED) or database.shared_instance(name) is not None:
        say_error("The shared instance was not destroyed (exit code %d)" % code)
        return FAILED
    say("The instance %s is destroyed" % name)
    return DONE


def run(spec):
    node, name = Node(spec), take(spec, "name", str, required=True)
    ensure_formatted(node)
    database = ProxyDatabase(node.database, node.computer)
    row = database.instance(name)
    if row is None:
        shared = database.shared_instance(name)
        if shared is None:
            raise RunFailed("There is no instance %s" % name)
        return destroy_shared(node, database, shared)
    partitions = database.tree(name)
    say("Destroying the instance %s (%s)" % (name, ", ".join(partitions)))
    request(node, name, row["software_release"], row["software_type"], {}, "destroyed")
    forget_timestamps(node, partitions)
    code = run_slapos(node, "node", "instance", "--only-cp", ",".join(partitions))
    code = run_slapos(node, "node", "report") or code
    if code or database.instance(name) is not None:
        say_error("The instance was not destroyed (exit code %d)" % code)
        return FAILED
    say("The instance %s is destroyed" % name)
    return DONE
