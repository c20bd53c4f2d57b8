/** `webrunner component …`: a new component from its sources, and changes of one. */
import type { SourceDownload } from "@/lib/protocol/gestures";
import type { CommandModule } from "../commands";
import { createNoun, UsageError, type VerbInput } from "../noun";
import { DRY_RUN, makeGesture } from "./answer-output";

const noun = createNoun({
  name: "component",
  verbs: {
    new: {
      words: ["NAME", "URL|FILE", "[CONFIGURE-OPTION…]"],
      summary: "component/NAME/buildout.cfg from a tarball on the web or in the workspace, with its md5sum",
      options: {
        "dry-run": DRY_RUN,
        into: { type: "string", value: "PROFILE", summary: "a profile that extends it and has it among its parts" },
      },
      async run(input) {
        const [name = "", source = "", ...configureOptions] = input.positionals;
        const isUrl = /^[a-z+.-]+:\/\//i.test(source);
        const place = isUrl ? { url: source, md5sum: await fetchDigest(input, source) } : { file: source };
        const into = input.text("into");
        return makeGesture(input, {
          gesture: "new-component",
          name,
          ...place,
          ...(configureOptions.length > 0 && { configureOptions }),
          ...(into !== undefined && { into }),
        });
      },
    },
    customise: {
      words: ["FILE", "SECTION", "CHANGE"],
      summary: "changes one option in the component's own file: OPTION=VALUE, OPTION+=VALUE or OPTION-=VALUE",
      options: {
        "dry-run": DRY_RUN,
        extend: { type: "string", value: "FILE", summary: "extend this too, for a section that the value refers to" },
      },
      async run(input) {
        const [profile = "", section = "", change = ""] = input.positionals;
        const parsed = /^([^=]*?)\s*(\+=|-=|=)\s*([\s\S]*)$/.exec(change);
        if (!parsed) throw new UsageError("say OPTION=VALUE, OPTION+=VALUE or OPTION-=VALUE");
        const extend = input.text("extend");
        return makeGesture(input, {
          gesture: "override",
          profile,
          section,
          option: parsed[1]!.trim(),
          operator: parsed[2] as "=" | "+=" | "-=",
          value: parsed[3]!,
          ...(extend !== undefined && { extend: [extend] }),
        });
      },
    },
  },
});

export const { run }: CommandModule = noun;

/** Waits for the download; Ctrl+C ends it with the command. */
async function fetchDigest({ api, getProject, json }: VerbInput, url: string): Promise<string> {
  const project = await getProject();
  let download: SourceDownload = await api.downloadSource({ params: { project }, body: { url } });
  while (download.state === "running") {
    const params = { project, download: download.id };
    download = await api.readSourceDownload({ params, query: { waitMs: 10_000 } });
    if (!json) process.stderr.write(`${download.receivedBytes} of ${download.totalBytes ?? "?"} bytes\n`);
  }
  if (download.md5sum === undefined) throw new UsageError(download.problem ?? "the download was cancelled");
  return download.md5sum;
}
