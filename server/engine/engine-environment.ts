/**
 * The Python environment of the engine: made in the background while the page already answers, once for its pins.
 *
 * Invariant: the status is `ready` only after `provision.py` has said so in this server's life; what it says while at
 * work is the progress that the page shows. One attempt at a time.
 */
import { join } from "node:path";
import { z } from "zod";
import { WebrunnerError } from "@/lib/base/errors";
import type { EngineStatus } from "@/lib/protocol";
import type { Files } from "@/server/platform/files";
import { type LineProgramResult, runLineProgram } from "@/server/platform/line-program";

const progressSchema = z.object({ step: z.string(), message: z.string(), fraction: z.number().min(0).max(1).catch(0) });
const stampSchema = z.object({ python: z.string().optional(), versions: z.record(z.string(), z.string()).catch({}) });

/** Exit codes of provision.py whose mend its own line does not already name. */
const HINTS: Readonly<Record<number, string>> = {
  20: "Install Python 3.11 or newer.",
  21: "Install it: apt install python3-venv",
  22: "Install them: apt install gcc make python3-dev",
  23: "Check the network, the proxy and PIP_INDEX_URL, then try again.",
  24: "Free some space or choose another WEBRUNNER_ENGINE, then try again.",
  25: "Move WEBRUNNER_ENGINE to a directory that the build user can reach.",
};

export interface EngineEnvironment {
  readonly status: EngineStatus;
  /** Makes it, or finds it made. Resolves when that has succeeded or failed. */
  provision(): Promise<EngineStatus>;
  /** `engine/not-ready` */
  ensureReady(): void;
  /** The interpreter that has the drivers. */
  readonly python: string;
  dispose(): void;
}

export interface EngineEnvironmentOptions {
  readonly files: Files;
  readonly engineDirectory: string;
  /** The folder of `provision.py`. */
  readonly sources: string;
  /** The unprivileged user, when the server is root. */
  readonly buildUser?: string;
  /** Another zc.buildout than the pinned one. */
  readonly buildout?: { readonly requirements: readonly string[]; readonly findLinks: readonly string[] };
  readonly onChanged: (status: EngineStatus) => void;
  readonly run?: typeof runLineProgram;
}

export function createEngineEnvironment(options: EngineEnvironmentOptions): EngineEnvironment {
  const { files, engineDirectory, sources, buildUser, onChanged, run = runLineProgram } = options;
  const stopping = new AbortController();
  let attempt: Promise<EngineStatus> | undefined;
  let status: EngineStatus = { phase: "provisioning", message: "Looking at the engine", fraction: 0, versions: {} };

  const become = (next: EngineStatus): EngineStatus => {
    status = next;
    onChanged(status);
    return status;
  };

  const fail = ({ code, stderr }: LineProgramResult, said?: string): EngineStatus => {
    const message = said ?? stderr.trim().split("\n").at(-1) ?? "";
    return become({
      ...status,
      phase: "failed",
      message: message || `The engine could not be made (exit code ${code}).`,
      hint: HINTS[code],
    });
  };

  const makeIt = async (): Promise<EngineStatus> => {
    become({ phase: "provisioning", message: "Looking for Python", fraction: 0, versions: {} });
    const user = buildUser === undefined ? [] : ["--user", buildUser];
    const found: string[] = [];
    const search = await run(["python3", join(sources, "find_python.py"), ...user], {
      signal: stopping.signal,
      onLine: (line) => found.push(line),
    });
    const python = found.at(-1)?.trim();
    if (search.code !== 0 || !python) return fail({ ...search, code: search.code === 1 ? 20 : search.code });

    let failure: string | undefined;
    const other = [
      ...(options.buildout?.requirements ?? []).flatMap((requirement) => ["--buildout-requirement", requirement]),
      ...(options.buildout?.findLinks ?? []).flatMap((place) => ["--find-links", place]),
    ];
    const made = await run([python, join(sources, "provision.py"), "--engine", engineDirectory, ...user, ...other], {
      signal: stopping.signal,
      onLine(line) {
        const progress = parse(progressSchema, line);
        if (!progress) return;
        if (progress.step === "failed") failure = progress.message;
        else become({ ...status, ...progress });
      },
    });
    if (made.code !== 0) return fail(made, failure);
    const stamp = parse(stampSchema, (await files.find(join(engineDirectory, "stamp.json")))?.toString("utf8") ?? "");
    const versions = { ...stamp?.versions, ...(stamp?.python && { python: stamp.python }) };
    return become({ phase: "ready", message: "The engine is ready", fraction: 1, versions });
  };

  return {
    get status() {
      return status;
    },
    python: join(engineDirectory, "venv/bin/python"),
    provision() {
      attempt ??= makeIt()
        .catch((error) => fail({ code: -1, stderr: error instanceof Error ? error.message : String(error) }))
        .finally(() => {
          attempt = undefined;
        });
      return attempt;
    },
    ensureReady() {
      if (status.phase === "ready") return;
      const failed = status.phase === "failed";
      throw new WebrunnerError("engine/not-ready", {
        message: failed ? `The engine could not be made: ${status.message}` : "The engine is still being made.",
        hint: failed ? (status.hint ?? "Try again to make it.") : "Wait until the status bar says that it is ready.",
        fraction: status.fraction,
      });
    },
    dispose: () => stopping.abort(),
  };
}

function parse<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    // Not one of the lines that we look for.
    return undefined;
  }
}
