/**
 * Links to a run, one of its parts or one line of its log: `/?run=…&line=…`. They are addresses of the page and of
 * nothing else; whoever opens one signs in like anybody.
 */

export interface RunPlace {
  readonly run: string;
  /** Counted from 1. */
  readonly line?: number;
  /** Its key in the timeline. */
  readonly part?: string;
}

const RUN = /^[0-9]{8}-[0-9]{6}-[a-z0-9]{6}$/;

export function toRunLink(origin: string, { run, line, part }: RunPlace): string {
  const query = new URLSearchParams({ run });
  if (line !== undefined) query.set("line", String(line));
  else if (part !== undefined) query.set("part", part);
  return `${origin}/?${query}`;
}

export function readRunLink(query: URLSearchParams): RunPlace | undefined {
  const run = query.get("run") ?? "";
  if (!RUN.test(run)) return undefined;
  const line = Number(query.get("line") ?? Number.NaN);
  if (Number.isSafeInteger(line) && line > 0) return { run, line };
  const part = query.get("part");
  return part === null || part === "" ? { run } : { run, part };
}
