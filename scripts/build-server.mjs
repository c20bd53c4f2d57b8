/**
 * Bundles the command line to dist/webrunner.js and, where it exists, the server to dist/server.mjs, with its thread of
 * language analysis in dist/language-worker.mjs.
 *
 * The command line is split into chunks, one for each noun, with everything it needs inside: it starts without looking
 * for packages. The server keeps its packages outside.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  alias: { "@": root },
  sourcemap: false,
  legalComments: "none",
  logLevel: "warning",
};

/**
 * Takes Node's own modules from `process` instead of importing them: an import makes a namespace of all their exports,
 * which for `node:fs` loads the streams as well (16 ms of the 60 that an empty process takes).
 */
const builtinModules = {
  name: "builtin-modules",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: "builtin" }));
    onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

export async function buildCommandLine() {
  const { metafile } = await build({
    ...common,
    entryPoints: { webrunner: "server/cli/main.ts" },
    outdir: "dist",
    splitting: true,
    minify: true,
    chunkNames: "chunks/[name]-[hash]",
    metafile: true,
    plugins: [builtinModules],
    banner: { js: 'const require=process.getBuiltinModule("node:module").createRequire(import.meta.url);' },
  });
  removeStaleChunks(new Set(Object.keys(metafile.outputs)));
}

/** After the new ones are there, so that no command finds neither. */
function removeStaleChunks(current) {
  const folder = join(root, "dist/chunks");
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (!current.has(`dist/chunks/${name}`)) rmSync(join(folder, name));
}

export async function buildServer() {
  if (!existsSync(join(root, "server/main.ts"))) return;
  await build({
    ...common,
    entryPoints: ["server/main.ts"],
    outfile: "dist/server.mjs",
    packages: "external",
    sourcemap: true,
  });
  await build({
    ...common,
    entryPoints: ["server/lsp/language-worker.ts"],
    outfile: "dist/language-worker.mjs",
    minify: true,
    banner: { js: 'const require=process.getBuiltinModule("node:module").createRequire(import.meta.url);' },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await Promise.all([buildCommandLine(), buildServer()]);
