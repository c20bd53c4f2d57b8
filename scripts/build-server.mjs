/**
 * Bundles the command line to dist/webrunner.js and, where it exists, the server to dist/server.mjs.
 *
 * The command line is split into chunks, one for each noun, with everything it needs inside: it starts without looking
 * for packages. The server keeps its packages outside.
 */
import { existsSync } from "node:fs";
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

export async function buildCommandLine() {
  await build({
    ...common,
    entryPoints: { webrunner: "server/cli/main.ts" },
    outdir: "dist",
    splitting: true,
    minify: true,
    chunkNames: "chunks/[name]-[hash]",
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
    },
  });
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
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await Promise.all([buildCommandLine(), buildServer()]);
