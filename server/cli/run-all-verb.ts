/** `webrunner run all`: everything until the service is seen, stopping at the first red. */
import { setTimeout as wait } from "node:timers/promises";
import type { RunAllInfo, RunAllStep } from "@/lib/protocol/run-all";
import { EXIT, type Verb, type VerbInput } from "./noun";

const LOOK_MS = 200;
const TITLES: Readonly<Record<RunAllStep["id"], string>> = {
  check: "pyflakes",
  commit: "commit",
  software: "run software",
  instance: "run instance",
  promises: "promises",
  open: "service",
};
const MARKS: Readonly<Record<RunAllStep["state"], string>> = {
  pending: " ",
  running: "…",
  done: "✓",
  skipped: "-",
  failed: "✗",
  cancelled: "✗",
};

export function createAllVerb(findOnlyRelease: (input: VerbInput, project: string) => Promise<string>): Verb {
  return {
    words: ["[PROFILE]"],
    summary: "pyflakes, commit, software, instance, promises, service; exits 2 when only a promise is red",
    options: {
      instance: { type: "string", value: "NAME", summary: "which instance of the release" },
      commit: { type: "string", value: "MESSAGE", summary: "commit all changes first" },
      stop: { type: "boolean", summary: "stop the one that goes on" },
    },
    async run(input) {
      const { api, positionals, text, flag, json, print } = input;
      const project = await input.getProject();
      const params = { project };
      if (flag("stop")) {
        const stopped = await api.stopRunAll({ params });
        print(stopped, "");
        return undefined;
      }
      const profile = positionals[0] ?? (await findOnlyRelease(input, project));
      const message = text("commit");
      const body = { profile, instance: text("instance"), ...(message !== undefined && { commit: { message } }) };
      let info: RunAllInfo = await api.startRunAll({ params, body });
      const said = new Set<string>();
      for (;;) {
        for (const step of info.steps) {
          if (step.state === "pending" || step.state === "running" || said.has(step.id)) continue;
          said.add(step.id);
          if (!json) process.stderr.write(describeStep(step));
        }
        if (info.state !== "running") break;
        await wait(LOOK_MS);
        info = (await api.readRunAll({ params })).runAll ?? info;
      }
      print(info, info.url ? `${info.url}\n` : "");
      return info.code ?? EXIT.failed;
    },
  };
}

function describeStep({ id, state, summary, problems, run }: RunAllStep): string {
  const lines = [`${MARKS[state]} ${TITLES[id]}${summary ? `: ${summary}` : ""}`];
  for (const { text, path, line } of problems)
    if (text !== summary) lines.push(`    ${path ? `${path}${line ? `:${line}` : ""}: ` : ""}${text}`);
  if (state === "failed" && run) lines.push(`    webrunner run log ${run}`);
  return `${lines.join("\n")}\n`;
}
