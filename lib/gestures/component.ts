/**
 * A new component from a tarball: `component/<name>/buildout.cfg`, built with `slapos.recipe.cmmi`.
 *
 * Promises that the new profile loads, and that a profile which is to extend it only gains the component.
 */
import { absolutePath, changeOption, isUrl, joinPath } from "@/lib/buildout";
import { addExtends, relativeName } from "./extends-edits";
import {
  changeFile,
  type FileChange,
  type Gesture,
  type GestureOptions,
  openStart,
  otherDifferences,
  refuse,
  resolveChanged,
} from "./gesture";
import { writeOption } from "./section-edits";

export interface NewComponent {
  readonly name: string;
  /** Where the file is made. */
  readonly root: string;
  /** An address, or the path of a file. */
  readonly source: string;
  readonly md5sum: string;
  readonly configureOptions: readonly string[];
  /** A profile that extends the component and has it among its parts. */
  readonly into?: string;
}

export function newComponent(options: GestureOptions, intent: NewComponent): Gesture {
  const { name, root, source, md5sum, configureOptions, into } = intent;
  const path = joinPath(root, `component/${name}/buildout.cfg`);
  if (options.source.exists(path))
    return refuse(`There is a component ${name} already. Customise it, or choose another name.`);
  if (configureOptions.some((line) => /^\s*[#;]|\n/.test(line)))
    return refuse("A configure option is one line that does not begin with # or ;.");
  const url = isUrl(source) ? source : `\${:_profile_base_location_}/${relativeName(path, absolutePath(source, "/"))}`;
  const lines = [
    "[buildout]",
    `parts = ${name}`,
    "",
    `[${name}]`,
    "recipe = slapos.recipe.cmmi",
    `url = ${url}`,
    `md5sum = ${md5sum}`,
    ...(configureOptions.length > 0
      ? ["configure-options =", ...configureOptions.map((line) => `  ${line.trim()}`)]
      : []),
  ];
  const after = lines.map((line) => `${line}\n`).join("");
  const edits = [{ range: { start: 0, end: 0 }, newText: after }];
  const made: FileChange = { path, before: "", after, edits, fate: "created" };
  const alone = resolveChanged(options, path, [made]);
  if (!alone.loads) return refuse(alone.diagnostics[0]?.message ?? "The new profile would not load.");
  const summary = `New component ${name}`;
  if (into === undefined) {
    const effects = [{ section: name, after: "" }];
    return { kind: "proposed", summary, notes: [], files: [made], effects, runs: path };
  }
  const start = openStart(options, into);
  if ("kind" in start) return start;
  const { profile, resolution } = start;
  if (resolution.hasSection(name)) return refuse(`The profile has a section [${name}] already.`);
  const own = profile.section("buildout")?.options;
  const written = own?.get("parts +") ?? own?.get("parts");
  const parts = written
    ? changeOption(profile.syntax, {
        section: "buildout",
        option: own?.has("parts +") ? "parts +" : "parts",
        value: `${written.value.startsWith("\n") ? "" : "\n"}${written.value}\n${name}`,
      })
    : writeOption(profile.syntax, "buildout", "parts", "+=", `\n${name}`);
  const changed = changeFile(profile, [...addExtends(profile, path), ...parts]);
  const result = resolveChanged(options, into, [made, changed]);
  const others = otherDifferences(resolution, result, "buildout", "parts");
  if (!result.loads || others.length > 0)
    return refuse(`Extending the component would change more than the parts: ${others.slice(0, 5).join(", ")}.`);
  const before = resolution.option("buildout", "parts")?.raw;
  const now = result.option("buildout", "parts")?.raw;
  return {
    kind: "proposed",
    summary: `${summary}, a part of ${into.split("/").slice(-2).join("/")}`,
    notes: [],
    files: [made, changed],
    effects: [
      {
        section: "buildout",
        option: "parts",
        ...(before !== undefined && { before }),
        ...(now !== undefined && { after: now }),
      },
      { section: name, after: "" },
    ],
  };
}
