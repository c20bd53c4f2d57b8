"""ask-index.py: which pages of a package index are read for an egg that it does not have."""

import http.server
import json
import threading

import zc.buildout
import zc.buildout.easy_install

asked = []


class Index(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.path)
        self.send_error(404)

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index)
threading.Thread(target=server.serve_forever, daemon=True).start()
try:
    zc.buildout.easy_install.install(["no-such-egg"], "eggs", index="http://127.0.0.1:%d/simple/" % server.server_port)
except zc.buildout.UserError as error:
    print(json.dumps({"asked": asked, "error": str(error).splitlines()[0]}))
