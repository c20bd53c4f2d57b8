"""Times zc.buildout.languageserver's resolver. Arguments: root, top, stack, leaf. Prints one JSON object; ms."""
import asyncio
import json
import logging
import pathlib
import statistics
import sys
import time

logging.disable(logging.CRITICAL)
import buildoutls.buildout as buildout
from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.workspace import Workspace

root, top, stack, leaf = sys.argv[1:]


def uri(name):
    return (pathlib.Path(root) / name).as_uri()


async def main():
    server = LanguageServer(name="bench", version="1")
    server.protocol._workspace = Workspace(pathlib.Path(root).as_uri())

    async def timed():
        start = time.perf_counter()
        await buildout.open(server, uri(top))
        return (time.perf_counter() - start) * 1000

    result = {"cold": await timed(), "again": await timed(), "edits": {}}
    for name, path in (("top", top), ("stack", stack), ("leaf", leaf)):
        text = (pathlib.Path(root) / path).read_text()
        rounds = []
        for i in range(3):
            server.workspace.put_text_document(
                types.TextDocumentItem(uri=uri(path), language_id="cfg", version=i, text=text + "\n# %d\n[edited]\nvalue = %d\n" % (i, i)))
            buildout.clearCache(uri(path))
            rounds.append(await timed())
        server.workspace.remove_text_document(uri(path))
        buildout.clearCache(uri(path))
        await timed()
        result["edits"][name] = statistics.median(rounds)
    print(json.dumps(result))


asyncio.run(main())
