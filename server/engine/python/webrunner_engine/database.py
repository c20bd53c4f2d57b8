"""What slapproxy knows about instances, read from its database: answers also while the proxy is down, and is quick.

Invariant: opened for reading only; nothing is ever written here.
"""

import contextlib
import json
import os
import re
import sqlite3
import xml.etree.ElementTree

_TABLE = re.compile(r"^(software|partition|slave)(\d+)$")


def parameters_of(text):
    """{name: value} of a slapproxy `<instance><parameter id=…>` text; one parameter `_` holds JSON of all."""
    return unpacked(parameters_of_xml(text))


def parameters_of_xml(text):
    """As they are written, without a look into `_`."""
    if not text:
        return {}
    try:
        tree = xml.etree.ElementTree.fromstring(text)
    except xml.etree.ElementTree.ParseError:
        return {}
    return {item.get("id"): item.text or "" for item in tree.iter("parameter")}


def unpacked(values):
    if list(values) == ["_"]:
        try:
            decoded = json.loads(values["_"])
        except ValueError:
            return values
        return decoded if isinstance(decoded, dict) else values
    return values


class ProxyDatabase:
    """The rows of one computer, as dictionaries; empty when there is no database yet."""

    def __init__(self, path, computer):
        self._path = path
        self._computer = computer

    def _rows(self, kind, **equal):
        if not os.path.exists(self._path):
            return []
        uri = "file:%s?mode=ro" % self._path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            names = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
            versions = [int(found[2]) for found in map(_TABLE.match, names) if found and found[1] == kind]
            if not versions:
                return []
            table = "%s%d" % (kind, max(versions))
            equal["computer_reference"] = self._computer
            where = " and ".join("%s = ?" % name for name in equal)
            return [dict(row) for row in connection.execute("select * from %s where %s" % (table, where), list(equal.values()))]

    def partitions(self):
        def number(row):
            return (len(row["reference"]), row["reference"])

        return sorted(self._rows("partition"), key=number)

    def releases(self):
        return [row["url"] for row in self._rows("software", requested_state="available")]

    def instance(self, name):
        """The row of the instance that was requested by a user with this name, or None."""
        for row in self.partitions():
            if row["slap_state"] == "busy" and row["partition_reference"] == name and not row["requested_by"]:
                return row
        return None

    def tree(self, name):
        """The partitions of an instance and of all that it requested, the root first."""
        rows = [row for row in self.partitions() if row["slap_state"] == "busy"]
        roots = [row["reference"] for row in rows if row["partition_reference"] == name and not row["requested_by"]]
        return roots + [row["reference"] for row in rows if row["requested_by"] == name]

    def shared(self):
        """The shared instances that users requested, each as a dictionary with the row of the partition that serves it.

        slapproxy keeps a destroyed one in its table, and takes it off the list of its partition.
        """
        found = []
        rows = self._rows("slave")
        if not rows:
            return found
        from slapos.util import loads  # slow to import, and most nodes have none

        hosts = {row["reference"]: row for row in self.partitions()}
        for row in rows:
            host = hosts.get(row["hosted_by"])
            # `<who requested it>_<name>`; a user's has nobody in front.
            if host is None or not row["reference"].startswith("_") or not host["slave_instance_list"]:
                continue
            for slave in loads(host["slave_instance_list"].encode("utf-8")):
                if slave["slave_reference"] != row["reference"]:
                    continue
                own = {name: value for name, value in slave.items()
                       if name not in ("slave_title", "slave_reference", "slap_software_type")}
                found.append({
                    "name": row["reference"][1:],
                    "host": host,
                    "software_type": slave.get("slap_software_type"),
                    "parameters": unpacked(own),
                    "connection": parameters_of(row["connection_xml"]),
                })
        return found

    def shared_instance(self, name):
        return next((one for one in self.shared() if one["name"] == name), None)

    def root_of(self, row):
        """The name of the instance whose tree a partition belongs to."""
        return row["requested_by"] or row["partition_reference"]
