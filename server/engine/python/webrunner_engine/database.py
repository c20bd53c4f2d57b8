"""What slapproxy knows about instances, read from its database: answers also while the proxy is down, and is quick.

Invariant: opened for reading only; nothing is ever written here.
"""

import contextlib
import json
import os
import re
import sqlite3
import xml.etree.ElementTree

_TABLE = re.compile(r"^(software|partition)(\d+)$")


def parameters_of(text):
    """{name: value} of a slapproxy `<instance><parameter id=…>` text; one parameter `_` holds JSON of all."""
    if not text:
        return {}
    try:
        tree = xml.etree.ElementTree.fromstring(text)
    except xml.etree.ElementTree.ParseError:
        return {}
    values = {item.get("id"): item.text or "" for item in tree.iter("parameter")}
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
