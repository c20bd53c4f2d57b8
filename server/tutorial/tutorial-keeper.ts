/**
 * How far each person is in the tutorial of a project, and what is being done for them.
 *
 * A step becomes green when all its conditions hold at one time, and stays so: a later step undoes what an earlier one
 * made (an override is promoted). Kept on the disk for each person and project.
 *
 * Invariant: nothing but a check turns a step green.
 */
import { z } from "zod";
import { WebrunnerError } from "@/lib/base/errors";
import type { TutorialInfo, TutorialPlace } from "@/lib/protocol";
import type { Files } from "@/server/platform/files";
import { type JsonState, openJsonState, type StateLog } from "@/server/platform/json-state";
import { STEPS, TITLE } from "./customize-slapos";
import { ACTIONS, type ActionPorts } from "./tutorial-actions";
import { CHECKS, type TutorialFacts } from "./tutorial-checks";

const progressSchema = z.object({
  startedAt: z.iso.datetime(),
  /** The commit where it began; undefined in a workspace without one. */
  baseline: z.string().optional(),
  release: z.string().optional(),
  done: z.record(z.string(), z.iso.datetime()),
});
type Progress = z.output<typeof progressSchema>;
/** Account → project → tutorial. */
const stateSchema = z.record(z.string(), z.record(z.string(), z.record(z.string(), progressSchema)));

export interface TutorialStart {
  readonly baseline: string | undefined;
  readonly release: string | undefined;
}

export interface TutorialKeeper {
  read(project: string, account: string, tutorial: TutorialInfo["tutorial"]): Promise<TutorialInfo>;
  /** `run/busy` while another step is being done. */
  doStep(
    project: string,
    account: string,
    tutorial: TutorialInfo["tutorial"],
    step: string,
    values: Readonly<Record<string, string>>,
  ): Promise<TutorialInfo>;
  restart(project: string, account: string, tutorial: TutorialInfo["tutorial"]): Promise<TutorialInfo>;
}

/** What a step can do; which release it is about is kept here. */
export type TutorialPorts = Omit<ActionPorts, "chooseRelease">;

export interface TutorialKeeperOptions {
  readonly files: Files;
  readonly path: string;
  readonly findStart: (project: string) => Promise<TutorialStart>;
  readonly readFacts: (
    project: string,
    progress: Omit<Progress, "done"> & { readonly done: ReadonlySet<string> },
  ) => Promise<TutorialFacts>;
  readonly openActions: (project: string, account: string, say: (message: string) => void) => Promise<TutorialPorts>;
  readonly onChanged: (project: string) => void;
  readonly log: StateLog & { error(facts: object, message: string): void };
  readonly now: () => Date;
}

export function createTutorialKeeper(options: TutorialKeeperOptions): TutorialKeeper {
  const { files, path, log, now, onChanged } = options;
  let opened: Promise<JsonState<z.output<typeof stateSchema>>> | undefined;
  const doing = new Map<string, TutorialInfo["doing"]>();
  const keyOf = (project: string, account: string): string => `${account}\n${project}`;

  const open = () => {
    opened ??= openJsonState({ files, path, schema: stateSchema, initial: {}, log, now: () => now().getTime() });
    return opened;
  };

  const write = async (project: string, account: string, tutorial: string, progress: Progress): Promise<void> => {
    const state = await open();
    const ofAccount = state.value[account] ?? {};
    const ofProject = ofAccount[project] ?? {};
    await state.replace({
      ...state.value,
      [account]: { ...ofAccount, [project]: { ...ofProject, [tutorial]: progress } },
    });
  };

  const begin = async (project: string, account: string, tutorial: string): Promise<Progress> => {
    const { baseline, release } = await options.findStart(project);
    const progress: Progress = {
      startedAt: now().toISOString(),
      ...(baseline && { baseline }),
      ...(release && { release }),
      done: {},
    };
    await write(project, account, tutorial, progress);
    return progress;
  };

  const getProgress = async (project: string, account: string, tutorial: string): Promise<Progress> => {
    const known = (await open()).value[account]?.[project]?.[tutorial];
    return known ?? begin(project, account, tutorial);
  };

  const readFacts = async (project: string, progress: Progress): Promise<TutorialFacts> =>
    options.readFacts(project, { ...progress, done: new Set(Object.keys(progress.done)) });

  const read: TutorialKeeper["read"] = async (project, account, tutorial) => {
    const progress = await getProgress(project, account, tutorial);
    // Before the facts are read: what is said to be done must be in them.
    const current = doing.get(keyOf(project, account));
    const facts = await readFacts(project, progress);
    const checked = CHECKS.map((check) => check(facts));
    const fresh: Record<string, string> = {};
    for (const [index, conditions] of checked.entries()) {
      const id = `step-${index + 1}`;
      if (progress.done[id] === undefined && conditions.every(({ ok }) => ok)) fresh[id] = now().toISOString();
    }
    const done = { ...progress.done, ...fresh };
    if (Object.keys(fresh).length > 0) {
      const latest = await getProgress(project, account, tutorial);
      // Begun anew while we looked: what was found is of before.
      if (latest.startedAt === progress.startedAt)
        await write(project, account, tutorial, { ...latest, done: { ...latest.done, ...fresh } });
    }
    return {
      tutorial,
      title: TITLE,
      ...(facts.release && { release: facts.release }),
      ...(facts.own && { profile: facts.own }),
      startedAt: progress.startedAt,
      steps: STEPS.map(({ title, chapter, body, doIt }, index) => {
        const id = `step-${index + 1}`;
        return {
          id,
          title,
          chapter,
          body: [...body],
          showMe: findPlace(index, facts),
          doIt: {
            summary: doIt,
            fields: (ACTIONS[index]!.fields ?? []).map(({ name, label, secret = false }) => ({ name, label, secret })),
          },
          conditions: [...checked[index]!],
          ...(done[id] && { doneAt: done[id] }),
        };
      }),
      ...(current && { doing: current }),
    };
  };

  return {
    read,
    async doStep(project, account, tutorial, step, values) {
      const key = keyOf(project, account);
      const index = Number(step.slice("step-".length)) - 1;
      const action = ACTIONS[index];
      if (!action) throw new WebrunnerError("request/not-found", { message: `The tutorial has no ${step}.` });
      if (doing.get(key)?.state === "running") {
        throw new WebrunnerError("run/busy", { message: "A step is being done.", hint: "Wait for its end." });
      }
      const say = (message: string): void => {
        doing.set(key, { step, state: "running", message });
        onChanged(project);
      };
      say("Beginning");
      const work = async (): Promise<void> => {
        const facts = await readFacts(project, await getProgress(project, account, tutorial));
        const ports = await options.openActions(project, account, say);
        const chooseRelease = async (release: string): Promise<void> =>
          write(project, account, tutorial, { ...(await getProgress(project, account, tutorial)), release });
        await action.run(facts, { ...ports, chooseRelease }, values);
      };
      work()
        .then(() => doing.set(key, { step, state: "done", message: "Done." }))
        .catch((error: unknown) => {
          if (!(error instanceof WebrunnerError)) log.error({ error: String(error) }, "A step of the tutorial failed");
          const message =
            error instanceof WebrunnerError
              ? [error.data.message ?? error.code, error.data.hint].filter(Boolean).join(" ")
              : "It could not be done; the server's log says why.";
          doing.set(key, { step, state: "failed", message });
        })
        .finally(() => onChanged(project));
      return read(project, account, tutorial);
    },
    async restart(project, account, tutorial) {
      doing.delete(keyOf(project, account));
      await begin(project, account, tutorial);
      onChanged(project);
      return read(project, account, tutorial);
    },
  };
}

/** What “Show me” of a step brings into view, by number from 0. */
function findPlace(index: number, facts: TutorialFacts): TutorialPlace {
  const file = (path: string | undefined): TutorialPlace =>
    path === undefined ? { kind: "command", command: "palette.openFile" } : { kind: "file", path };
  const command = (id: string, path?: string): TutorialPlace => ({
    kind: "command",
    command: id,
    ...(path && { path }),
  });
  const profile = facts.own ?? facts.release;
  const component = [...facts.changed].find((path) => /^component\/.*\.cfg$/.test(path));
  switch (index) {
    case 0:
      return command("welcome.show");
    case 1:
      return file(facts.release);
    case 3:
      return file(component ?? profile);
    case 4:
      return command("extends.sources", profile);
    case 6:
      return command("view.source-control");
    case 7:
      return file(facts.templates[0]?.path);
    case 8:
      return command("recipe.develop");
    case 9:
      return command("view.runAll");
    case 10:
      return command("view.instances");
    default:
      return file(profile);
  }
}
