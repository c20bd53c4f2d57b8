/** A reason of a plan in a sentence, with the option that it comes down to, for a page and a terminal alike. */
import type { PlanReason } from "./build-plan";

const VALUE_LIMIT = 60;

export interface DescribedReason {
  readonly kind: PlanReason["kind"];
  readonly text: string;
  /** The option at the root, which tells where it is written. */
  readonly option?: { readonly section: string; readonly option: string };
  /** The file at the root, absolute. */
  readonly path?: string;
}

export function describeReason(reason: PlanReason): DescribedReason {
  switch (reason.kind) {
    case "never-installed":
      return { kind: reason.kind, text: "not installed yet" };
    case "not-in-profile":
      return { kind: reason.kind, text: "no longer part of the profile" };
    case "option": {
      const { section, option, before, after } = reason;
      const name = `${section}:${option}`;
      const change =
        before === undefined
          ? `${name} is new: ${shorten(after)}`
          : after === undefined
            ? `${name} is gone; it was ${shorten(before)}`
            : `${name} changed from ${shorten(before)} to ${shorten(after)}`;
      return { kind: reason.kind, text: change, option: { section, option } };
    }
    case "dependency": {
      const because = reason.because[0];
      if (!because) return { kind: reason.kind, text: `uses ${reason.section}, which changed` };
      const root = describeReason(because);
      const between = because.kind === "dependency" ? root.text.replace(/^uses /, " → ") : `: ${root.text}`;
      return { ...root, kind: reason.kind, text: `uses ${reason.section}${between}` };
    }
    case "section-gone":
      return { kind: reason.kind, text: `the section ${reason.section} is gone` };
    case "uses": {
      const words = [
        ...(reason.added.length > 0 ? [`uses ${reason.added.join(", ")} now`] : []),
        ...(reason.removed.length > 0 ? [`no longer uses ${reason.removed.join(", ")}`] : []),
      ];
      return { kind: reason.kind, text: words.join(" and ") };
    }
    case "file":
      return { kind: reason.kind, text: `the file ${reason.path} changed`, path: reason.path };
    case "recipe-code": {
      const [first, ...more] = reason.files;
      const others = more.length === 0 ? "" : ` and ${more.length} more`;
      return { kind: reason.kind, text: `the sources of ${reason.egg} changed: ${first}${others}` };
    }
    case "recipe-version":
      return { kind: reason.kind, text: `its recipe's ${reason.egg} goes from ${reason.before} to ${reason.after}` };
    case "recipe-source":
      return {
        kind: reason.kind,
        text:
          reason.directory === undefined
            ? `its recipe's ${reason.egg} comes no longer from a checkout`
            : `its recipe's ${reason.egg} comes from the checkout ${reason.directory}`,
      };
    case "engine":
      return { kind: reason.kind, text: "the engine changed" };
    case "missing-file":
      return { kind: reason.kind, text: `${reason.path}, which it installed, is gone`, path: reason.path };
  }
}

function shorten(value: string | undefined): string {
  if (value === undefined) return "a value that is known once it runs";
  const line = value.replace(/\s*\n\s*/g, " ⏎ ");
  return line.length <= VALUE_LIMIT ? `“${line}”` : `“${line.slice(0, VALUE_LIMIT - 1)}…”`;
}
