/** `webrunner check` and `webrunner verify`: what is in the way of merging a release, and whether what was pushed is it. */
import type { CheckFinding, GestureAnswer } from "@/lib/protocol/gestures";
import type { CommandModule } from "../commands";
import { followRun } from "../follow-run";
import { createNoun, EXIT } from "../noun";
import { writeOutput } from "../profile/output";
import { writeLog } from "../run-command";
import { DRY_RUN } from "./answer-output";

const noun = createNoun({
  name: "check",
  only: "check",
  verbs: {
    check: {
      words: ["PROFILE"],
      summary:
        "leftover develop eggs, extends of forks, uncommitted files, hashes, versions, schemas, pyflakes, promises",
      options: {
        fix: { type: "boolean", summary: "make every mend that needs no decision, then check again" },
        "dry-run": { ...DRY_RUN, summary: "with --fix: show what would change, write nothing" },
      },
      async run({ api, positionals, flag, getProject, print }) {
        const params = { project: await getProject() };
        const profile = positionals[0]!;
        const check = () => api.checkRelease({ params, query: { path: profile } });
        let found = await check();
        const tried = new Map<string, GestureAnswer>();
        const findMendable = () => found.findings.filter(({ fix, id }) => fix.how === "mend" && !tried.has(id));
        for (let next = findMendable(); flag("fix") && next.length > 0; next = findMendable()) {
          for (const { id } of next) {
            const intent = { gesture: "mend", profile, finding: id } as const;
            tried.set(id, await api.makeGesture({ params, body: { intent, dryRun: flag("dry-run") } }));
          }
          if (!flag("dry-run")) found = await check();
        }
        // Another mend may have been the mend of this too.
        const isThere = (id: string): boolean => found.findings.some((finding) => finding.id === id);
        const made = [...tried]
          .filter(([id, { kind }]) => kind === "proposed" || isThere(id))
          .map(([, answer]) => answer);
        const mends = made.map((answer) =>
          answer.kind === "refused"
            ? `not mended: ${answer.reason}\n`
            : `${answer.written ? "mended" : "would mend"}: ${answer.summary}\n${answer.files.map(({ diff }) => diff).join("")}`,
        );
        const errors = found.findings.filter(({ severity }) => severity === "error").length;
        const end = found.passed ? "nothing is in the way" : `${errors} in the way`;
        const others = found.findings.length - errors;
        print(
          flag("fix") ? { ...found, mends: made } : found,
          `${mends.join("")}${found.findings.map(describe).join("")}${end}${others > 0 ? `, ${others} warnings` : ""}\n`,
        );
        return found.passed ? EXIT.ok : EXIT.failed;
      },
    },
  },
});

export const { run }: CommandModule = noun;

const verification = createNoun({
  name: "verify",
  only: "verify",
  verbs: {
    verify: {
      words: ["PROFILE"],
      summary: "whether the pushed commit resolves to the configuration that is here; exit status 1 when not",
      options: {
        build: { type: "boolean", summary: "then build it, from a clone of the pushed commit; prints the log" },
        "dry-run": { type: "boolean", summary: "with --build: only compare" },
      },
      async run({ api, positionals, flag, getProject, json, print }) {
        const params = { project: await getProject() };
        const profile = positionals[0]!;
        const found = await api.verifyRelease({ params, query: { path: profile } });
        const where = found.commit === undefined ? undefined : `${found.remote}/${found.branch} at ${found.commit}`;
        const lines = [
          where === undefined ? "not pushed" : `${found.pushed ? "pushed" : "another commit than here"}: ${where}`,
          ...found.changed.map((path) => `not committed: ${path}`),
          ...found.missing.map((path) => `not in the pushed commit, and named by the release: ${path}`),
          ...(found.problem === undefined ? [] : [found.problem]),
          ...found.differences.map(
            ({ section, option }) => `differs: [${section}]${option === undefined ? "" : ` ${option}`}`,
          ),
          ...(found.equal ? ["the configuration is equal"] : []),
        ];
        const text = lines.map((line) => `${line}\n`).join("");
        const isGreen = found.pushed && found.equal && found.changed.length === 0 && found.missing.length === 0;
        if (!flag("build") || flag("dry-run")) {
          print(found, text);
          return isGreen ? EXIT.ok : EXIT.failed;
        }
        if (!json) writeOutput(text);
        const started = await api.startRun({ params, body: { kind: "verification", profile } });
        const run = await followRun(api, started.id, {
          offset: 0,
          write: writeLog(json),
          note: (said) => void process.stderr.write(`${said}\n`),
        });
        const error = run.error === undefined ? "" : `${run.error}\n`;
        print(
          { ...found, run },
          `${error}${run.state === "succeeded" ? "the pushed commit builds" : "the pushed commit does not build"}\n`,
        );
        return isGreen && run.state === "succeeded" ? EXIT.ok : EXIT.failed;
      },
    },
  },
});

export const { run: runVerify }: { run: CommandModule["run"] } = verification;

/** One line, and below it what is to be done by hand. */
function describe({ path, line, column, severity, kind, message, fix }: CheckFinding): string {
  const advice = fix.advice === undefined ? "" : `  ${fix.advice}\n`;
  return `${path}:${line}:${column}: ${severity}: ${kind}: ${message}${fix.how === "mend" ? ` (--fix: ${fix.title})` : ""}\n${advice}`;
}
