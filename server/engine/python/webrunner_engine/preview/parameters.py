"""Chosen parameters instead of the proxy's, and no request that changes anything at the proxy."""

import importlib
import os

from webrunner_engine.database import ProxyDatabase, parameters_of_xml
from webrunner_engine.instance import serialise


def choose(node, partition, parameters, serialisation, software_type):
    """From here on the client answers the partition's questions with these; None leaves the proxy's."""
    # The package has a class of the module's name.
    client = importlib.import_module("slapos.slap.slap")
    database = ProxyDatabase(node.database, node.computer)
    rows = {row["reference"]: row for row in database.partitions()}
    row = rows.get(partition)
    known = set(parameters_of_xml(row["xml"])) if row else set()
    chosen = None if parameters is None else serialise(parameters, serialisation)
    get_parameters = client.ComputerPartition.getInstanceParameterDict

    def chosen_parameters(self):
        found = get_parameters(self)
        if self._partition_id != partition:
            return found
        answer = dict(found)
        if chosen is not None:
            for name in known:
                answer.pop(name, None)
            answer.update(chosen)
        if software_type:
            answer["slap_software_type"] = software_type
        return answer

    def request(self, software_release, software_type=None, partition_reference=None, *_rest, **_options):
        """What was requested before is answered, nothing else is asked for."""
        for reference, other in rows.items():
            if other["slap_state"] == "busy" and other["partition_reference"] == partition_reference and (
                    other["requester_id"] or "") in (partition, ""):
                found = client.ComputerPartition(node.computer, reference, connection_helper=self._connection_helper)
                return found
        return client.ComputerPartition(request_dict={"partition_reference": partition_reference},
                                        connection_helper=self._connection_helper)

    def post(self, path, **_options):
        return ""  # Errors, connection parameters: what a run reports, a preview keeps to itself.

    client.ComputerPartition.getInstanceParameterDict = chosen_parameters
    client.ComputerPartition.request = request
    client.ConnectionHelper.POST = post
    os.environ.pop("SLAPGRID_INSTANCE_ROOT", None)
