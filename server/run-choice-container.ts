/**
 * The part of the composition that puts the user's choices into runs: limits, keep going, parts, the preflight; and what
 * takes a run up by hand, a shell in a part or the debugger.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import type { RunInfo, TerminalInfo } from "@/lib/protocol";
import type { EngineLauncher } from "./engine/engine-launcher";
import { findPartShell } from "./engine/part-shell";
import { withChoices } from "./engine/run-choices";
import type { ExplainContainer } from "./explain-container";
import type { Handlers } from "./http/route";
import { createRunChoiceHandlers, type RunChoiceHandlerName } from "./http/run-choice-handlers";
import type { DataLayout } from "./platform/data-layout";
import type { Files, Owner } from "./platform/files";
import type { RunKeeper } from "./runs/run-keeper";
import { type RunLauncher, toRunGroup } from "./runs/run-launcher";
import { createRunSettingsStore } from "./runs/run-settings-store";
import type { TerminalKeeper } from "./terminal/terminal-keeper";

const LOG_TAIL_BYTES = 256 * 1024;

export interface RunChoiceContainerOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly builder: Owner;
  readonly engines: EngineLauncher;
  readonly explain: Pick<ExplainContainer, "toPreflight" | "readBuild" | "findFailedPart">;
  readonly runs: () => Pick<RunKeeper, "get" | "list" | "findLog" | "pause" | "resume">;
  readonly terminals: TerminalKeeper;
  readonly terminalEnvironment: (project: string) => Readonly<Record<string, string>>;
  readonly ensureProject: (project: string) => Promise<void>;
  readonly onError: (error: unknown, what: string) => void;
}

export interface RunChoiceContainer {
  readonly launcher: RunLauncher;
  readonly handlers: Pick<Handlers, RunChoiceHandlerName>;
}

export function createRunChoiceContainer(options: RunChoiceContainerOptions): RunChoiceContainer {
  const { files, layout, builder, engines, explain, runs, terminals, terminalEnvironment, ensureProject } = options;
  const settings = createRunSettingsStore(files, (project) => layout.project(project).runSettings);

  /** A plan that cannot be made has no preflight: the run itself says what is wrong. */
  const findPreflight = async (
    project: string,
    profile: string,
    kind: "software" | "buildout",
    parts: readonly string[] | undefined,
  ) => {
    try {
      const all = await explain.toPreflight(project, profile, kind);
      const isWanted = ({ part }: { readonly part: string }): boolean => parts === undefined || parts.includes(part);
      const { files, eggs, checkouts } = all;
      return {
        ...all,
        files: files.filter(isWanted),
        eggs: eggs.filter(isWanted),
        checkouts: checkouts.filter(isWanted),
      };
    } catch (error) {
      options.onError(error, "The downloads of a run could not be listed");
      return undefined;
    }
  };

  const ensureFree = (project: string, kind: RunInfo["kind"]): void => {
    const other = runs()
      .list(project)
      .find((run) => (run.state === "queued" || run.state === "running") && toRunGroup(run.kind) === toRunGroup(kind));
    if (!other) return;
    throw new WebrunnerError("run/busy", {
      message: `Run ${other.kind} of ${other.profile} is going on.`,
      hint: "Wait for its end, or stop it.",
      run: other.id,
    });
  };

  const openPartShell = async (id: string, part: string | undefined): Promise<TerminalInfo> => {
    const run = runs().get(id);
    if (run.kind !== "software" && run.kind !== "buildout") {
      throw new WebrunnerError("run/refused", {
        message: "Parts of an instance are in its partition.",
        hint: "Open a shell in the partition, from the Instances view.",
      });
    }
    ensureFree(run.project, run.kind);
    const wanted = part ?? (await explain.findFailedPart(run)) ?? run.part;
    const { disk, directory, resolution } = await explain.readBuild(run.project, run.profile, run.kind);
    if (!disk.exists(directory)) {
      throw new WebrunnerError("run/refused", { message: "Nothing of this build is left.", hint: "Run software." });
    }
    const { path, sizeBytes } = await runs().findLog(id);
    const from = Math.max(0, sizeBytes - LOG_TAIL_BYTES);
    const log = sizeBytes === 0 ? "" : (await files.readRange(path, from, sizeBytes - from)).toString("utf8");
    const { slapos, build } = layout.project(run.project);
    const base = terminalEnvironment(run.project);
    const shell = findPartShell({
      disk,
      directory,
      roots: [slapos, build],
      part: wanted,
      log,
      resolution,
      baseEnvironment: base,
    });
    const name = (wanted === undefined ? "Build" : `Part ${wanted}`).slice(0, 60);
    return terminals.open({ project: run.project, name, ...shell });
  };

  return {
    launcher: {
      isSpared: engines.isSpared,
      async plan(project, request, account) {
        const plan = await engines.plan(project, request, account);
        const chosen = await settings.read(project);
        const { kind } = request;
        const isBuild = kind === "software" || kind === "buildout";
        const fetches = isBuild && (request.preflight ?? chosen.preflight);
        const store = layout.project(project).downloads;
        return withChoices(plan, {
          settings: chosen,
          request,
          store,
          ensureStore: () => files.ensureDirectory(store, { owner: builder, mode: 0o755 }),
          preflight: fetches ? await findPreflight(project, plan.profile, kind, request.parts) : undefined,
        });
      },
    },
    handlers: createRunChoiceHandlers({
      runs,
      settings,
      ensureProject,
      openPartShell,
      async openDebugger(project, { profile, kind, parts }) {
        ensureFree(project, kind);
        const plan = await engines.plan(project, { kind, profile });
        await plan.prepare?.();
        const { services, downloads } = layout.project(project);
        await files.ensureDirectory(services, { mode: 0o711 });
        await files.ensureDirectory(downloads, { owner: builder, mode: 0o755 });
        const path = join(services, `debugger-${randomUUID()}.json`);
        const spec = { ...(plan.spec as object), debugger: true, parts, store: downloads };
        await files.replace(path, `${JSON.stringify(spec)}\n`, { mode: 0o600, owner: builder });
        const forget = (): void =>
          void files.remove(path).catch((error: unknown) => options.onError(error, "A debugger's request is left"));
        try {
          return terminals.open({
            project,
            name: "Debugger",
            directory: plan.workingDirectory,
            argv: plan.toArgv(path),
            environment: { ...terminalEnvironment(project), ...plan.environment },
            onEnd: forget,
          });
        } catch (error) {
          forget();
          throw error;
        }
      },
    }),
  };
}
