"""The verb `status`: one JSON document about a node; its shape is in docs/engine.md. Nothing is changed."""

import datetime
import json
import os

from webrunner_engine.database import ProxyDatabase, parameters_of
from webrunner_engine.node import Node
from webrunner_engine.promises import promise_results
from webrunner_engine.report import RunFailed
from webrunner_engine.software import current_record, is_complete, is_up_to_date, read_record
from webrunner_engine.supervisor import processes, supervisord_pid


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat() if seconds else None


def process_status(info):
    return {
        "group": info["group"],
        "name": info["name"],
        "state": info["statename"],
        "pid": info["pid"] or None,
        "exitCode": info["exitstatus"],
        "startedAt": iso(info["start"]),
        "description": info["description"],
        "logFile": info["stdout_logfile"] or None,
    }


def software_status(node, profile):
    directory = node.software_directory(profile)
    last = read_record(directory)
    return {
        "profile": profile,
        "directory": directory,
        "completed": is_complete(directory),
        "upToDate": is_up_to_date(directory, last, current_record(profile, last, last.get("develop", []))),
    }


def node_status(node):
    database = ProxyDatabase(node.database, node.computer)
    rows = database.partitions()
    running = processes(node.supervisord_socket)
    try:
        url = node.url()
    except RunFailed:
        url = None
    instances, partitions = [], []
    for row in rows:
        used = row["slap_state"] == "busy"
        directory = os.path.join(node.instance_root, row["reference"])
        partitions.append({
            "id": row["reference"],
            "directory": directory,
            "instance": row["partition_reference"] if used else None,
            "requestedBy": (row["requested_by"] or None) if used else None,
            "state": row["requested_state"] if used else "free",
            "profile": row["software_release"] if used else None,
            "softwareType": row["software_type"] if used else None,
            "parent": row["requester_id"] if used and row["requester_id"] not in ("", "user") else None,
            "parameters": parameters_of(row["xml"]) if used else {},
            "connectionParameters": parameters_of(row["connection_xml"]) if used else {},
            "promises": promise_results(directory) if used else [],
            "processes": [process_status(info) for info in running or [] if info["group"] == row["reference"]],
        })
        if used and not row["requested_by"]:
            instances.append({
                "name": row["partition_reference"],
                "profile": row["software_release"],
                "softwareType": row["software_type"],
                "state": row["requested_state"],
                "partition": row["reference"],
                "parameters": parameters_of(row["xml"]),
                "connectionParameters": parameters_of(row["connection_xml"]),
                "shared": False,
            })
    for shared in database.shared():
        instances.append({
            "name": shared["name"],
            "profile": shared["host"]["software_release"],
            "softwareType": shared["software_type"] or shared["host"]["software_type"],
            "state": shared["host"]["requested_state"],
            "partition": shared["host"]["reference"],
            "parameters": shared["parameters"],
            "connectionParameters": shared["connection"],
            "shared": True,
        })
    return {
        "root": node.root,
        "proxy": {"url": url, "answers": node.proxy_answers()},
        "supervisord": {"answers": running is not None, "pid": supervisord_pid(node.supervisord_socket)},
        "software": [software_status(node, profile) for profile in database.releases()],
        "instances": instances,
        "partitions": partitions,
    }


def run(spec):
    print(json.dumps(node_status(Node(spec)), indent=1))
    return 0
