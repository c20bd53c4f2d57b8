/**
 * What buildout says it was doing when it failed: the indented steps under `While:`, outermost first.
 *
 * Only the innermost steps locate an error; the last block of a log is the one that ended the run.
 */
export type BuildoutStep =
  | { readonly kind: "initializing" }
  | { readonly kind: "installing"; readonly part?: string }
  | { readonly kind: "updating" | "uninstalling"; readonly part: string }
  | { readonly kind: "section"; readonly section: string }
  | { readonly kind: "option"; readonly section: string; readonly option: string }
  | { readonly kind: "macro"; readonly section: string }
  | { readonly kind: "recipe"; readonly recipe: string }
  | { readonly kind: "distribution"; readonly requirement: string }
  | { readonly kind: "other"; readonly text: string };

export interface WhileBlock {
  readonly steps: readonly BuildoutStep[];
  /** Indices of the lines from `While:` to the last step, end exclusive. */
  readonly start: number;
  readonly end: number;
}

type StepRule = readonly [RegExp, (match: RegExpExecArray) => BuildoutStep];

/** In this order: `Installing recipe x.` would read as a part of the name `recipe x` otherwise. */
const RULES: readonly StepRule[] = [
  [/^Initializing\.$/, () => ({ kind: "initializing" })],
  [/^Installing recipe (.+)\.$/, (match) => ({ kind: "recipe", recipe: match[1]! })],
  [/^Loading zc\.buildout recipe entry (.+)\.$/, (match) => ({ kind: "recipe", recipe: match[1]! })],
  [/^Installing\.$/, () => ({ kind: "installing" })],
  [/^Installing (.+)\.$/, (match) => ({ kind: "installing", part: match[1]! })],
  [/^Updating (.+)\.$/, (match) => ({ kind: "updating", part: match[1]! })],
  [/^Uninstalling (.+)\.$/, (match) => ({ kind: "uninstalling", part: match[1]! })],
  [/^Getting option ([^:]+):(.+)\.$/, (match) => ({ kind: "option", section: match[1]!, option: match[2]! })],
  [/^(?:Getting|Initializing) section (.+)\.$/, (match) => ({ kind: "section", section: match[1]! })],
  [/^Loading input sections? for '?([^']+)'?\.?$/, (match) => ({ kind: "macro", section: match[1]! })],
  [/^Getting distribution for '(.+)'\.$/, (match) => ({ kind: "distribution", requirement: match[1]! })],
];

export function findLastWhileBlock(lines: readonly string[]): WhileBlock | undefined {
  for (let start = lines.length - 1; start >= 0; start--) {
    if (lines[start] !== "While:") continue;
    const steps: BuildoutStep[] = [];
    let end = start + 1;
    for (; end < lines.length && /^ {2}\S/.test(lines[end]!); end++) steps.push(toStep(lines[end]!.trim()));
    // slapgrid repeats the block in its summary, without the indentation.
    if (steps.length > 0) return { steps, start, end };
  }
  return undefined;
}

function toStep(text: string): BuildoutStep {
  for (const [pattern, make] of RULES) {
    const match = pattern.exec(text);
    if (match) return make(match);
  }
  return { kind: "other", text };
}

/** The part that was being installed, updated or removed. */
export function partOf(steps: readonly BuildoutStep[]): string | undefined {
  for (const step of steps) {
    if ((step.kind === "installing" || step.kind === "updating" || step.kind === "uninstalling") && step.part) {
      return step.part;
    }
  }
  return undefined;
}

/** The innermost option that was being read. */
export function optionOf(steps: readonly BuildoutStep[]): { section: string; option: string } | undefined {
  for (let index = steps.length - 1; index >= 0; index--) {
    const step = steps[index]!;
    if (step.kind === "option") return { section: step.section, option: step.option };
  }
  return undefined;
}

/** The innermost section that was being read, not counting `except`. */
export function sectionOf(steps: readonly BuildoutStep[], except?: string): string | undefined {
  for (let index = steps.length - 1; index >= 0; index--) {
    const step = steps[index]!;
    if ((step.kind === "section" || step.kind === "option") && step.section !== except) return step.section;
  }
  return undefined;
}
