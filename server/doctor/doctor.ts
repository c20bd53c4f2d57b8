/**
 * The first-run checklist. Every check is made anew when it is asked for, but for the fork, whose server is asked once
 * a minute: a page looks every few seconds.
 *
 * Invariant: no secret is in a detail; what the fork's server says is told as the git feature tells it, without logins.
 */
import { WebrunnerError } from "@/lib/base/errors";
import type { DoctorCheck, DoctorCheckId, DoctorReport, EngineStatus } from "@/lib/protocol";
import type { MachineState } from "@/server/platform/machine";

const FORK_FRESH_MS = 60_000;
/** The sample needs a tenth; a real release gigabytes. */
const LEAST_DISK_BYTES = 2 * 1024 ** 3;
const LEAST_MEMORY_BYTES = 512 * 1024 ** 2;

export interface ForkState {
  /** The remote that a push would go to; undefined for none. */
  readonly remote?: { readonly name: string; readonly url: string };
}

export interface DoctorPorts {
  readonly findIdentity: (project: string) => Promise<{ readonly name: string; readonly email: string } | undefined>;
  readonly findFork: (project: string) => Promise<ForkState["remote"]>;
  /** Rejects with what the fork's server said. */
  readonly testFork: (project: string, account: string, remote: string) => Promise<void>;
  readonly engineStatus: () => EngineStatus;
  /** The proxy of the project's node; `none` before the first run. */
  readonly probeProxy: (project: string) => Promise<"answers" | "silent" | "none">;
  /** What happened to it without being asked for, oldest first. */
  readonly proxyEvents: (
    project: string,
  ) => readonly { readonly atMs: number; readonly kind: "ended" | "restarted" | "failed" }[];
  readonly partitions: number;
  readonly readMachine: () => Promise<MachineState>;
  readonly listReleases: (project: string) => Promise<readonly { readonly profile: string; readonly built: boolean }[]>;
  readonly provision: () => void;
  readonly startProxy: (project: string) => Promise<void>;
  readonly runSoftware: (project: string, profile: string) => Promise<unknown>;
  readonly now: () => number;
}

export interface Doctor {
  examine(project: string, account: string, fresh: boolean): Promise<DoctorReport>;
  /** `request/invalid` where a person is needed. */
  fix(project: string, account: string, check: DoctorCheckId): Promise<DoctorReport>;
}

export function createDoctor(ports: DoctorPorts): Doctor {
  const forks = new Map<string, { readonly at: number; readonly problem: Promise<string | undefined> }>();

  const testFork = (project: string, account: string, remote: string, url: string, fresh: boolean) => {
    const key = `${project}\n${account}\n${url}`;
    const known = forks.get(key);
    if (known && !fresh && ports.now() - known.at < FORK_FRESH_MS) return known.problem;
    const problem = ports.testFork(project, account, remote).then(
      () => undefined,
      (error: unknown) =>
        error instanceof WebrunnerError
          ? [error.data.message ?? error.code, error.data.hint].filter(Boolean).join(" ")
          : "It could not be reached.",
    );
    forks.set(key, { at: ports.now(), problem });
    return problem;
  };

  const checks: Readonly<
    Record<DoctorCheckId, (project: string, account: string, fresh: boolean) => Promise<Omit<DoctorCheck, "id">>>
  > = {
    account: async (_project, account) => ({ title: "Signed in", ok: true, detail: `Signed in as ${account}.` }),

    async identity(project) {
      const title = "Name and email for commits";
      const found = await ports.findIdentity(project);
      if (found) return { title, ok: true, detail: `${found.name} <${found.email}>` };
      return {
        title,
        ok: false,
        detail: "Git does not know who commits.",
        fix: { title: "Set name and email", automatic: false, hint: "webrunner git identity NAME EMAIL" },
      };
    },

    async fork(project, account, fresh) {
      const title = "My fork";
      const fix = { title: "Connect my fork", automatic: false, hint: "webrunner git fork URL" };
      const remote = await ports.findFork(project);
      if (!remote) return { title, ok: false, detail: "No fork is connected: commits cannot be pushed.", fix };
      const problem = await testFork(project, account, remote.name, remote.url, fresh);
      if (problem === undefined) return { title, ok: true, detail: `${remote.name}: ${remote.url} takes a push.` };
      return { title, ok: false, detail: `${remote.name}: ${problem}`, fix };
    },

    async engine(project) {
      const title = "The engine";
      const status = ports.engineStatus();
      if (status.phase === "provisioning")
        return {
          title,
          ok: false,
          detail: `It is being made: ${status.message}, ${Math.round(status.fraction * 100)} %.`,
        };
      if (status.phase === "failed") {
        const detail = [status.message, status.hint].filter(Boolean).join(" ");
        return {
          title,
          ok: false,
          detail,
          fix: { title: "Set it up again", automatic: true, hint: "webrunner doctor --fix engine" },
        };
      }
      const proxy = await ports.probeProxy(project);
      if (proxy === "none") return { title, ok: true, detail: "It is ready; the first run makes its node." };
      const found = ports.proxyEvents(project);
      const events = found.map(({ atMs, kind }) => ({ at: new Date(atMs).toISOString(), text: PROXY_EVENTS[kind] }));
      if (proxy === "answers")
        return { title, ok: true, detail: `It is ready; the proxy answers, ${ports.partitions} partitions.`, events };
      const isStarting = found.at(-1)?.kind === "ended";
      return {
        title,
        ok: false,
        detail: isStarting ? "The SlapOS proxy has ended; it is started again." : "The SlapOS proxy does not answer.",
        events,
        fix: { title: "Start it", automatic: true, hint: "webrunner doctor --fix engine" },
      };
    },

    async machine() {
      const { freeDiskBytes, freeMemoryBytes, processors } = await ports.readMachine();
      const detail = `${toGigabytes(freeDiskBytes)} GB of disk and ${toGigabytes(freeMemoryBytes)} GB of memory are free; ${processors} ${processors === 1 ? "processor" : "processors"}.`;
      const title = "Disk, memory, processors";
      if (freeDiskBytes >= LEAST_DISK_BYTES && freeMemoryBytes >= LEAST_MEMORY_BYTES)
        return { title, ok: true, detail };
      const lacks =
        freeDiskBytes < LEAST_DISK_BYTES
          ? "A build needs at least 2 GB of disk."
          : "A build needs at least 0.5 GB of memory.";
      return { title, ok: false, detail: `${detail} ${lacks}` };
    },

    async built(project) {
      const title = "A release is built";
      const releases = await ports.listReleases(project);
      const built = releases.filter((release) => release.built);
      if (built.length > 0) return { title, ok: true, detail: built.map(({ profile }) => profile).join(", ") };
      const fix = { title: "Run software", automatic: true, hint: "webrunner run software --follow" };
      if (releases.length === 0) return { title, ok: false, detail: "The workspace has no software.cfg." };
      return { title, ok: false, detail: `${releases[0]!.profile} was never built here.`, fix };
    },
  };

  const examine: Doctor["examine"] = async (project, account, fresh) => {
    const made = Object.entries(checks).map(async ([id, check]) => {
      const found = await check(project, account, fresh).catch((error: unknown) => ({
        title: TITLES[id as DoctorCheckId],
        ok: false,
        detail: error instanceof WebrunnerError ? (error.data.message ?? error.code) : "It could not be checked.",
      }));
      return { id: id as DoctorCheckId, ...found };
    });
    const all = await Promise.all(made);
    return { ok: all.every(({ ok }) => ok), checks: all };
  };

  return {
    examine,
    async fix(project, account, check) {
      if (check === "engine") {
        if (ports.engineStatus().phase === "ready") await ports.startProxy(project);
        else ports.provision();
      } else if (check === "built") {
        const [release] = await ports.listReleases(project);
        if (release) await ports.runSoftware(project, release.profile);
      } else {
        const found = (await examine(project, account, false)).checks.find(({ id }) => id === check);
        throw new WebrunnerError("request/invalid", {
          message: found?.ok ? "There is nothing to mend." : "This needs a person.",
          ...(found?.fix && { hint: found.fix.hint }),
        });
      }
      return examine(project, account, false);
    },
  };
}

const PROXY_EVENTS = {
  ended: "The SlapOS proxy had ended.",
  restarted: "The SlapOS proxy was started again.",
  failed: "The SlapOS proxy could not be started again; it is tried anew.",
} as const;

const TITLES: Readonly<Record<DoctorCheckId, string>> = {
  account: "Signed in",
  identity: "Name and email for commits",
  fork: "My fork",
  engine: "The engine",
  machine: "Disk, memory, processors",
  built: "A release is built",
};

function toGigabytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1);
}
