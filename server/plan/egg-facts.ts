/**
 * What is known of eggs and repositories that a plan needs: as the engine's survey found out (docs/engine.md), remembered
 * while this server lives. A plan that changed afterwards is told what still holds of it.
 */
import { type PlannedCheckout, type PlannedDownloads, toPackageName } from "@/lib/buildout";
import type { PlanDownloads } from "@/lib/protocol";

export interface EggAnswer {
  readonly requirement: string;
  readonly extras: readonly string[];
  readonly version?: string;
  readonly sizeBytes?: number;
  readonly sha256?: string;
  readonly problem?: string;
  readonly requires?: readonly { readonly requirement: string; readonly extras: readonly string[] }[];
}

export interface CheckoutAnswer {
  readonly repository: string;
  readonly branch?: string;
  readonly revision?: string;
  readonly problem?: string;
}

export interface EggFacts {
  noteEgg(answer: EggAnswer): void;
  noteCheckout(answer: CheckoutAnswer): void;
  /** The eggs that parts name, each followed by what it is known to require in turn. `isHere`: of its name and version. */
  describeEggs(
    planned: PlannedDownloads,
    isHere: (name: string, version: string | undefined) => boolean,
    isKept: (sha256: string) => boolean,
  ): PlanDownloads["eggs"];
  problemOf(checkout: PlannedCheckout): string | undefined;
}

const NAME = /^[A-Za-z0-9][\w.-]*/;
const EXACT = /^==([\w.!+-]+)$/;

export function createEggFacts(): EggFacts {
  const eggs = new Map<string, EggAnswer>();
  const checkouts = new Map<string, CheckoutAnswer>();
  return {
    noteEgg: (answer) => void eggs.set(toEggKey(answer.requirement, answer.extras), answer),
    noteCheckout: (answer) => void checkouts.set(toCheckoutKey(answer), answer),
    problemOf: (checkout) => checkouts.get(toCheckoutKey(checkout))?.problem,
    describeEggs({ eggs: named, pins }, isHere, isKept) {
      const found: PlanDownloads["eggs"][number][] = [];
      const seen = new Set<string>();
      const waiting = named.map(({ part, requirement, extras = [] }) => ({
        part,
        requirement,
        extras,
        requiredBy: undefined as string | undefined,
      }));
      for (let egg = waiting.shift(); egg !== undefined; egg = waiting.shift()) {
        const { part, extras, requiredBy } = egg;
        const [name = ""] = NAME.exec(egg.requirement) ?? [];
        const pin = requiredBy === undefined ? undefined : pins.get(toPackageName(name));
        const requirement = pin === undefined ? egg.requirement : `${name}==${pin}`;
        const key = toEggKey(requirement, extras);
        if (seen.has(key)) continue;
        seen.add(key);
        const common = { part, requirement, ...(requiredBy !== undefined && { requiredBy }) };
        if (isHere(name, EXACT.exec(requirement.slice(name.length))?.[1])) {
          if (requiredBy === undefined) found.push({ ...common, state: "present" });
          continue;
        }
        const { version, sizeBytes, sha256, problem, requires = [] } = eggs.get(key) ?? {};
        const isCached = sha256 !== undefined && isKept(sha256);
        found.push({ ...common, state: isCached ? "cached" : "missing", version, sizeBytes, problem });
        waiting.unshift(...requires.map((inTurn) => ({ ...inTurn, part, requiredBy: name })));
      }
      return found;
    },
  };
}

/** A pin that only SlapOS's buildout makes is had unpatched: `stand_in.py` of the engine's layer. */
function toEggKey(requirement: string, extras: readonly string[]): string {
  const [name = ""] = NAME.exec(requirement) ?? [];
  const rest = requirement.slice(name.length).replace(/(==[^+,]+)\+slapos\w*$/i, "$1");
  return [toPackageName(name) + rest, ...[...extras].sort()].join(" ");
}

function toCheckoutKey({ repository, branch = "", revision = "" }: CheckoutAnswer): string {
  return `${repository}\0${branch}\0${revision}`;
}
