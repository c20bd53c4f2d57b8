/**
 * Runs the editors' configurations of docs/language-service.md as they stand there, in the editors themselves: opens a
 * profile with a mistake, waits for its diagnostic, completes after `${`, follows a reference into the extended file.
 *
 *   node scripts/try-editors.mjs [nvim|emacs …]
 *
 * Needs `npm run build`, and the editors: Neovim 0.11 (`$NVIM`, else `nvim`), Emacs with eglot (`$EMACS`, else `emacs`).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const server = join(here, "../dist/webrunner.js");
const documentation = readFileSync(join(here, "../docs/language-service.md"), "utf8");
const TIMEOUT_MS = 60_000;

const EDITORS = {
  nvim: {
    language: "lua",
    argv: (script) => [process.env.NVIM ?? "nvim", "--headless", "-u", script],
    driver: "nvim.lua",
  },
  emacs: {
    language: "elisp",
    argv: (script) => [process.env.EMACS ?? "emacs", "--batch", "-l", script],
    driver: "emacs.el",
  },
};

const FILES = {
  "buildout.cfg": "[buildout]\nparts =\n",
  "base.cfg": "[location]\ndirectory = /srv\n",
  "top.cfg":
    "[buildout]\nextends = base.cfg\n\n[mine]\nvalue = ${location:directory}\nother = ${locatoin:x}\nmore = ${loc\n",
};

/** The configuration as documented, with this server's path. */
function documented(language) {
  const block = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(documentation)?.[1];
  if (!block) throw new Error(`the documentation has no ${language}`);
  return block.replaceAll("/path/to/webrunner/dist/webrunner.js", server);
}

let failed = false;
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(EDITORS);
for (const name of wanted) {
  const { language, argv, driver } = EDITORS[name];
  const folder = mkdtempSync(join(tmpdir(), `try-${name}-`));
  for (const [file, text] of Object.entries(FILES)) writeFileSync(join(folder, file), text);
  const script = join(folder, driver);
  const text = readFileSync(join(here, "try-editors", driver), "utf8");
  writeFileSync(script, text.replace("CONFIGURATION", () => documented(language)).replaceAll("FOLDER", folder));
  const [program, ...args] = argv(script);
  const { stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", timeout: TIMEOUT_MS });
  const said = `${stdout}${stderr}`;
  const checks = {
    "a diagnostic": /DIAGNOSTIC .*locatoin/.test(said),
    completion: /COMPLETION .*location/.test(said),
    "the definition": /DEFINITION .*base\.cfg.* 2\b/.test(said),
  };
  for (const [what, ok] of Object.entries(checks)) console.log(`${ok ? "✓" : "✗"} ${name}: ${what}`);
  if (Object.values(checks).includes(false)) {
    failed = true;
    console.log(error?.message ?? said);
  }
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
