/**
 * Makes the page: `next build` writes it to `out/`, and what the server hands out is made of that in `dist/page`:
 *
 * - an HTML file does not wait for anything to be drawn: its styles are in it (Next), and the script that chooses the theme;
 * - the workbench names the editor's files, the largest part of the page, which its own scripts ask for only when they run;
 * - the modules in a script are in parentheses: engines then compile them beside the download, instead of reading them
 *   over and again while the page waits (warm, with others at work: 1.85 s of the page's thread instead of 2.4 s);
 * - text is there compressed, so that the server need not do it for everybody again.
 *
 * The data of Next's own navigation between pages is left out: the page has no such links.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { runInNewContext } from "node:vm";
import { brotliCompress, constants, gzip } from "node:zlib";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const TEXT = new Set([".html", ".js", ".css", ".svg", ".json", ".ttf"]);
/** What is smaller fits one packet as it is. */
const COMPRESS_FROM_BYTES = 1_000;
/** One below the best: 1.5 % larger in 40 % of the time (Monaco: 472 KB in 1.6 s, 464 KB in 3.6 s; gzip: 584 KB). */
const BROTLI_QUALITY = 10;
const CHUNK_START =
  '(globalThis.TURBOPACK||(globalThis.TURBOPACK=[])).push(["object"==typeof document?document.currentScript:void 0,';
const CHUNK_END = "]);";

const built = spawnSync(process.execPath, [join(root, "node_modules/next/dist/bin/next"), "build"], {
  cwd: root,
  stdio: ["ignore", "inherit", "inherit"],
});
if (built.status !== 0) process.exit(1);
await preparePage();

async function preparePage() {
  const made = join(root, "dist/page.new");
  rmSync(made, { recursive: true, force: true });
  const editor = findEditorFiles();
  const theme = readFileSync(join(root, "out/theme.js"), "utf8").trim();
  const work = [];
  for (const path of listFiles(join(root, "out"))) {
    const name = relative(join(root, "out"), path);
    if (name.endsWith(".txt") || name === "theme.js" || name === "_not-found.html") continue;
    let bytes = readFileSync(path);
    if (name.endsWith(".html")) bytes = Buffer.from(prepareHtml(bytes.toString("utf8"), theme, editor));
    else if (name.endsWith(".js")) bytes = Buffer.from(compileModulesAtOnce(bytes.toString("utf8")));
    work.push(writeAll(join(made, name), bytes));
  }
  await Promise.all(work);
  rmSync(join(root, "dist/page"), { recursive: true, force: true });
  renameSync(made, join(root, "dist/page"));
}

/** The page's own scripts come first: they ask for the data, and draw what is around the editor. */
function prepareHtml(html, theme, editor) {
  const withTheme = replaceOnce(html, "<head>", `<head><script>${theme}</script>`);
  if (!html.includes('aria-label="Loading the workbench"')) return withTheme;
  const links = editor.map((name) =>
    name.endsWith(".css")
      ? `<link rel="preload" as="style" href="/_next/${name}"/>`
      : `<link rel="preload" as="script" fetchpriority="low" href="/_next/${name}"/>`,
  );
  return replaceOnce(withTheme, "</head>", `${links.join("")}</head>`);
}

/**
 * A chunk is a list of module numbers and functions. It is read by running it where the list is kept and no module is
 * called; whatever does not come out as it was is left alone.
 */
function compileModulesAtOnce(text) {
  if (!text.startsWith(CHUNK_START)) return text;
  const kept = {};
  kept.globalThis = kept;
  runInNewContext(text, kept);
  const [, ...items] = kept.TURBOPACK[0];
  const write = (toText) =>
    `${CHUNK_START}${items.map((item) => (typeof item === "function" ? toText(item) : JSON.stringify(item))).join(",")}${CHUNK_END}`;
  if (write(String) !== text.replace(/\s*(?:\/\/# sourceMappingURL=.*)?\s*$/, "")) return text;
  return write((module) => `(${module})`);
}

function replaceOnce(text, part, by) {
  const at = text.indexOf(part);
  if (at === -1) throw new Error(`A page without ${part}`);
  return text.slice(0, at) + by + text.slice(at + part.length);
}

/** Of what the workbench loads when it is asked for, the group that sets Monaco up. */
function findEditorFiles() {
  const manifest = readFileSync(join(root, ".next/server/app/page/react-loadable-manifest.json"), "utf8");
  const group = Object.values(JSON.parse(manifest)).find(({ files }) =>
    files.some((name) => /\.MonacoEnvironment\s*=[^=]/.test(readFileSync(join(root, ".next", name), "utf8"))),
  );
  if (!group) throw new Error("No part of the page sets the editor up: components/editor/monaco-preload.tsx");
  return group.files;
}

async function writeAll(path, bytes) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  if (!TEXT.has(extname(path)) || bytes.length < COMPRESS_FROM_BYTES) return;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  writeFileSync(`${path}.br`, await promisify(brotliCompress)(bytes, { params }));
  writeFileSync(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
}

function listFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}
