/** `webrunner extends …`: where what a profile extends comes from, and switching all of it at once. */
import type { ExtendsEdgeInfo } from "@/lib/protocol/gestures";
import type { CommandModule } from "../commands";
import { createNoun, EXIT, toTable, UsageError } from "../noun";
import { DRY_RUN, makeGesture } from "./answer-output";

const noun = createNoun({
  name: "extends",
  verbs: {
    check: {
      words: ["PROFILE"],
      summary: "every extends with its source; exit status 1 when one cannot be reached or differs from the checkout",
      options: {
        offline: { type: "boolean", summary: "ask no server on the web" },
        "dry-run": { type: "boolean", summary: "the same: nothing is written anyway" },
      },
      async run({ api, positionals, flag, getProject, print }) {
        const query = {
          path: positionals[0]!,
          ...(flag("offline") || flag("dry-run") ? {} : { reach: "true" as const }),
        };
        const found = await api.listExtendsSources({ params: { project: await getProject() }, query });
        const bad = found.edges.filter((edge) => edge.reachable === false || edge.differs === true);
        const rows = found.edges.map((edge) => [
          describeSource(edge),
          describeState(edge),
          `${edge.profile}:${edge.line}`,
          edge.name,
        ]);
        print(found, toTable(rows));
        return bad.length > 0 ? EXIT.failed : EXIT.ok;
      },
    },
    show: {
      words: ["URL"],
      summary: "the text of a profile on the web as its server has it; with --json also where it is from",
      async run({ api, positionals, getProject, print }) {
        const query = { url: positionals[0]! };
        const found = await api.readWebProfile({ params: { project: await getProject() }, query });
        print(found, found.text);
        return EXIT.ok;
      },
    },
    switch: {
      words: ["PROFILE", "checkout|REMOTE", "[REF]"],
      summary: "rewrites the lines of this repository: to paths of the checkout, or to a branch or tag of a remote",
      options: { "dry-run": DRY_RUN },
      async run(input) {
        const [profile = "", source = "", ref] = input.positionals;
        if (source === "checkout") {
          if (ref !== undefined) throw new UsageError("the checkout has no REF");
          return makeGesture(input, { gesture: "switch-extends", profile, to: { kind: "checkout" } });
        }
        if (ref === undefined) throw new UsageError("name the branch or tag of the remote");
        return makeGesture(input, { gesture: "switch-extends", profile, to: { kind: "remote", remote: source, ref } });
      },
    },
  },
});

export const { run }: CommandModule = noun;

function describeSource({ source, remote, ref }: ExtendsEdgeInfo): string {
  return ref === undefined ? source : `${source}${remote && remote !== source ? ` ${remote}` : ""} @${ref}`;
}

function describeState({ reachable, differs, problem, fetchedAt }: ExtendsEdgeInfo): string {
  if (reachable === false) return problem ?? "not reachable";
  if (differs) return "differs from the checkout";
  return fetchedAt ? `fetched ${fetchedAt}` : reachable ? "there" : "not looked at";
}
