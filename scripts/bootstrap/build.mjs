/**
 * Install and build, each only when its inputs changed. A stamp is the hash of the inputs, written after success,
 * so an interrupted step is done again. One lock file: `npm start` and `npm test` at once wait for each other.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Refusal } from "./prerequisites.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const stamps = join(root, ".stamps");
const environment = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };

const CONFIGURATION = ["package.json", "package-lock.json", "tsconfig.json", "scripts/build-server.mjs"];
const SERVER_SOURCES = ["lib", "server", ...CONFIGURATION];
const PAGE_SOURCES = [
  "app",
  "components",
  "lib",
  "public",
  "next.config.ts",
  "postcss.config.mjs",
  "scripts/build-page.mjs",
  ...CONFIGURATION,
];

export async function installPackages() {
  const identity = [process.platform, process.arch, process.versions.modules].join(" ");
  const wanted = hash([
    identity,
    ...["package.json", "package-lock.json"].map((name) => readFileSync(join(root, name))),
  ]);
  await stamped("packages", wanted, existsSync(join(root, "node_modules")), "Installing packages", async () => {
    const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
    const flags = [
      "install",
      "--no-save",
      "--include=dev",
      "--include=optional",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ];
    await run(
      [...npm, ...flags],
      "npm install failed; see the lines above. Check the network and the npm registry setting.",
    );
  });
}

export async function buildServer() {
  const made = ["dist/server.mjs", "dist/webrunner.js", "dist/language-worker.mjs"].every((name) =>
    existsSync(join(root, name)),
  );
  await stamped("server", hashSources(SERVER_SOURCES), made, "Building the server", () =>
    run([process.execPath, "scripts/build-server.mjs"], "The server did not build; see the lines above."),
  );
}

export async function buildPage() {
  const made = existsSync(join(root, "dist/page/index.html"));
  await stamped("page", hashSources(PAGE_SOURCES), made, "Building the page", () =>
    run([process.execPath, "scripts/build-page.mjs"], "The page did not build; see the lines above."),
  );
}

async function stamped(name, wanted, made, title, work) {
  const path = join(stamps, name);
  if (made && existsSync(path) && readFileSync(path, "utf8") === wanted) return;
  const begin = Date.now();
  console.log(`${title} …`);
  rmSync(path, { force: true });
  await work();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(path, wanted);
  console.log(`${title}: done in ${((Date.now() - begin) / 1000).toFixed(1)} s`);
}

function hashSources(names) {
  const parts = [];
  const add = (path) => {
    const status = statSync(path, { throwIfNoEntry: false });
    if (!status) return;
    if (status.isDirectory()) {
      for (const name of readdirSync(path).sort()) {
        if (name !== "__pycache__" && name !== "node_modules") add(join(path, name));
      }
    } else {
      parts.push(relative(root, path), readFileSync(path));
    }
  };
  for (const name of names) add(join(root, name));
  return hash(parts);
}

function hash(parts) {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(String(part.length)).update("\0").update(part);
  return digest.digest("hex");
}

/** Runs a command with our output; the command is silent unless it fails or npm is talkative. */
export function run(argv, failure, extra = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...environment, ...extra },
    });
    child.on("error", (error) => reject(new Refusal(`${argv[0]} could not be started: ${error.message}`)));
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Refusal(failure))));
  });
}

const LOCK_POLL_MS = 200;

export async function withLock(work) {
  mkdirSync(stamps, { recursive: true });
  const path = join(stamps, "lock");
  for (let told = false; !takeLock(path); told = true) {
    if (!told) console.log("Waiting for another webrunner command that is building here …");
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function takeLock(path) {
  try {
    const file = openSync(path, "wx");
    writeFileSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  const holder = Number(readFileSync(path, { encoding: "utf8", flag: "r" }) || 0);
  const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (holder ? !isAlive(holder) : age > 5_000) rmSync(path, { force: true });
  return false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
