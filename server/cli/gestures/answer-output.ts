/** What a gesture's answer looks like on the command line, and the exit status that it comes to. */
import type { GestureAnswer, GestureIntent } from "@/lib/protocol/gestures";
import { EXIT, type VerbInput } from "../noun";

export const DRY_RUN = { type: "boolean", summary: "show what would change, write nothing" } as const;

/** Asks the server, writes unless `--dry-run`, and prints. */
export async function makeGesture(input: VerbInput, intent: GestureIntent): Promise<number> {
  const params = { project: await input.getProject() };
  const answer = await input.api.makeGesture({ params, body: { intent, dryRun: input.flag("dry-run") } });
  return tellAnswer(input, answer);
}

export function tellAnswer(input: VerbInput, answer: GestureAnswer): number {
  if (answer.kind === "refused") {
    if (input.json) input.print(answer, "");
    else {
      const offers = (answer.missing ?? []).flatMap(({ profiles }) => profiles.map((path) => `  --extend ${path}\n`));
      process.stderr.write(`webrunner: ${answer.reason}\n${offers.join("")}`);
    }
    return EXIT.failed;
  }
  const { summary, notes, files, effects, unpushed } = answer;
  const warning = unpushed ? [`${unpushed} commits not pushed: the build will not see them. Push first.`] : [];
  const diffs = files.map(
    ({ path, diff, fate }) =>
      `--- ${fate === "created" ? "/dev/null" : path}\n+++ ${fate === "removed" ? "/dev/null" : path}\n${diff}`,
  );
  const values = effects
    .filter(({ option }) => option !== undefined)
    .slice(0, 20)
    .map(({ section, option, before, after }) => `[${section}] ${option}\n- ${show(before)}\n+ ${show(after)}\n`);
  input.print(answer, `${[summary, ...notes, ...warning].join("\n")}\n${diffs.join("")}${values.join("")}`);
  return EXIT.ok;
}

function show(value: string | undefined): string {
  return value === undefined ? "(not there)" : value.replaceAll("\n", "\n  ");
}
