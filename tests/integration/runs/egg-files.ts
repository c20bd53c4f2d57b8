/** Eggs on an index of a test's own: made by hand, with the requirements that the test wants. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileServer } from "./file-server";

const MAKE_EGG = `
import io, json, sys, tarfile, zipfile
path, kind, name, requires = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
metadata = "Metadata-Version: 2.1\\nName: %s\\nVersion: 1.0\\n" % name
if kind == "wheel":
    info = name.replace("-", "_") + "-1.0.dist-info/"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info + "METADATA", metadata + "".join("Requires-Dist: %s\\n" % line for line in requires))
        archive.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(info + "RECORD", "")
else:
    root = name + "-1.0/"
    texts = {"PKG-INFO": metadata, "src/%s.egg-info/requires.txt" % name: "\\n".join(requires), "setup.py": "raise SystemExit(1)"}
    with tarfile.open(path, "w:gz") as archive:
        for member, text in texts.items():
            entry = tarfile.TarInfo(root + member)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
`;

/** Puts version 1.0 of an egg below `/simple/`; a source archive names its requirements as setuptools does. */
export function serveEgg(web: FileServer, kind: "wheel" | "source", name: string, requires: readonly string[]): void {
  const file = kind === "wheel" ? `${name.replaceAll("-", "_")}-1.0-py3-none-any.whl` : `${name}-1.0.tar.gz`;
  const folder = mkdtempSync(join(tmpdir(), "egg-"));
  execFileSync("python3", ["-c", MAKE_EGG, join(folder, file), kind, name, JSON.stringify(requires)]);
  const body = readFileSync(join(folder, file));
  rmSync(folder, { recursive: true });
  web.files.set(`/files/${file}`, { body });
  const digest = createHash("sha256").update(body).digest("hex");
  const page = `<a href="/files/${file}#sha256=${digest}">${file}</a>`;
  web.files.set(`/simple/${name}/`, { body: Buffer.from(page), type: "text/html" });
}
