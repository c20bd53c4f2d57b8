/** What the engine warns of while it goes on, in buildout's words; a run that succeeds may have such warnings. */
export type EngineWarning =
  /** Options that nothing read: neither the recipe nor a reference. Said when a part is installed. */
  | { readonly kind: "unused-options"; readonly section: string; readonly options: readonly string[] }
  /** `develop` names a directory that is not there. Absolute. */
  | { readonly kind: "undeveloped"; readonly path: string };

const UNUSED = /^Section `(.+)` contains unused option\(s\): (.+)\.$/;
/** As Python's `repr` writes a name. */
const QUOTED = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g;
const UNDEVELOPED = /^Couldn't develop '(.+)' \(not found\)$/;

/** Of one line of the log, without the prefix of slapgrid. */
export function readWarning(line: string): EngineWarning | undefined {
  const unused = UNUSED.exec(line);
  if (unused) {
    const options = [...unused[2]!.matchAll(QUOTED)].map(([, single, double]) => (single ?? double)!);
    return { kind: "unused-options", section: unused[1]!, options };
  }
  const undeveloped = UNDEVELOPED.exec(line);
  return undeveloped ? { kind: "undeveloped", path: undeveloped[1]! } : undefined;
}
