/** `webrunner tutorial …`: how far the guided tutorial is, by what the workspace says, and doing a step of it. */
import { setTimeout as wait } from "node:timers/promises";
import type { TutorialInfo } from "@/lib/protocol/tutorial";
import type { CommandModule } from "./commands";
import { createNoun, EXIT, UsageError, type VerbInput } from "./noun";

const LOOK_MS = 300;
const TUTORIAL = "customize-slapos" as const;

const noun = createNoun({
  name: "tutorial",
  verbs: {
    status: {
      words: ["[STEP]"],
      summary: "which steps are done; of one step what it asks for. Exits 1 until all are done",
      options: { "dry-run": { type: "boolean", summary: "nothing is changed anyway" } },
      async run(input) {
        const info = await read(input);
        const [number] = input.positionals;
        if (number === undefined) input.print(info, info.steps.map(describeStep).join(""));
        else {
          const step = info.steps[Number(number) - 1];
          if (!step) throw new UsageError(`there is no step ${number}`);
          const body = step.body.map((block) =>
            block.kind === "list"
              ? block.items.map((item) => `  - ${item}\n`).join("")
              : block.kind === "code"
                ? `${block.text.replace(/^/gm, "    ")}\n`
                : `${block.text}\n`,
          );
          const conditions = step.conditions.map(
            ({ ok, text, detail }) => `${ok ? "✓" : "✗"} ${text}${detail ? `: ${detail}` : ""}\n`,
          );
          input.print(step, `${step.title}\n\n${body.join("\n")}\n${conditions.join("")}`);
        }
        return info.steps.every(({ doneAt }) => doneAt !== undefined) ? EXIT.ok : EXIT.failed;
      },
    },
    do: {
      words: ["STEP", "[NAME=VALUE…]"],
      summary: "does a step for you, and waits for it; a step may ask for values",
      async run(input) {
        const { api, positionals, json, print } = input;
        const [number, ...pairs] = positionals;
        const values: Record<string, string> = {};
        for (const pair of pairs) {
          const at = pair.indexOf("=");
          if (at < 1) throw new UsageError(`${pair} is not NAME=VALUE`);
          values[pair.slice(0, at)] = pair.slice(at + 1);
        }
        const params = { project: await input.getProject(), tutorial: TUTORIAL, step: `step-${number}` };
        let info = await api.doTutorialStep({ params, body: { values } });
        for (let said = ""; info.doing?.state === "running"; info = await read(input)) {
          if (!json && info.doing.message !== said) process.stderr.write(`${info.doing.message} …\n`);
          said = info.doing.message;
          await wait(LOOK_MS);
        }
        const step = info.steps[Number(number) - 1]!;
        print({ doing: info.doing, step }, `${info.doing?.message ?? ""}\n${describeStep(step, Number(number) - 1)}`);
        return info.doing?.state === "failed" || !step.doneAt ? EXIT.failed : EXIT.ok;
      },
    },
    restart: {
      summary: "forgets how far it is, and begins anew from the workspace as it is",
      async run({ api, getProject, print }) {
        const info = await api.restartTutorial({ params: { project: await getProject(), tutorial: TUTORIAL } });
        print(info, info.steps.map(describeStep).join(""));
        return undefined;
      },
    },
  },
});

async function read({ api, getProject }: VerbInput): Promise<TutorialInfo> {
  return api.readTutorial({ params: { project: await getProject(), tutorial: TUTORIAL } });
}

function describeStep({ title, doneAt, conditions }: TutorialInfo["steps"][number], index: number): string {
  const missing = doneAt ? [] : conditions.filter(({ ok }) => !ok).map(({ text }) => text);
  return `${doneAt ? "✓" : "✗"} ${String(index + 1).padStart(2)} ${title}${missing.length > 0 ? ` (not yet: ${missing.join("; ")})` : ""}\n`;
}

export const run: CommandModule["run"] = noun.run;
