"""hello.recipe:stable-port gives a port to listen on: the one asked for, or a free one that is kept from then on.

Options: ip, and port (0: any free one). Sets: port.
"""

import os
import socket


class Recipe:
    def __init__(self, buildout, name, options):
        self.path = os.path.join(buildout["buildout"]["directory"], "." + name)
        self.port = int(options["port"]) or self.kept() or self.free(options["ip"])
        options["port"] = str(self.port)

    def kept(self):
        try:
            with open(self.path, encoding="ascii") as file:
                return int(file.read())
        except FileNotFoundError:
            return 0

    def free(self, ip):
        with socket.socket() as probe:
            probe.bind((ip, 0))
            port = probe.getsockname()[1]
        with open(self.path, "w", encoding="ascii") as file:
            file.write(str(port))
        return port

    def install(self):
        return []

    update = install
