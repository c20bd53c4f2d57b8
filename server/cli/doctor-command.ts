/** `webrunner doctor`: the first-run checklist; exit 0 only when all is there. */
import { doctorCheckIdSchema } from "@/lib/protocol/doctor";
import type { CommandModule } from "./commands";
import { createNoun, EXIT, UsageError } from "./noun";

const noun = createNoun({
  name: "doctor",
  only: "examine",
  verbs: {
    examine: {
      summary: "whether everything is there for the main job; exits 1 when something is not",
      options: {
        fix: { type: "string", value: "CHECK", summary: "mend what this check found first (engine, built)" },
      },
      async run({ api, getProject, text, print }) {
        const project = await getProject();
        const wanted = text("fix");
        if (wanted !== undefined) {
          const check = doctorCheckIdSchema.safeParse(wanted).data;
          if (check === undefined) throw new UsageError(`there is no check ${wanted}`);
          await api.fixDoctorCheck({ params: { project, check } });
        }
        const report = await api.readDoctor({ params: { project }, query: { fresh: "true" } });
        const lines = report.checks.map(({ ok, id, title, detail, events = [], fix }) =>
          [
            `${ok ? "✓" : "✗"} ${id}: ${title}: ${detail}`,
            ...events.map(({ at, text }) => `    ${at} ${text}`),
            ...(fix ? [`    ${fix.title}: ${fix.hint}`] : []),
          ].join("\n"),
        );
        print(report, `${lines.join("\n")}\n`);
        return report.ok ? EXIT.ok : EXIT.failed;
      },
    },
  },
});

export const run: CommandModule["run"] = noun.run;
