/**
 * Which terminals stand side by side: groups of identifiers, in the order of the list.
 *
 * Invariant: after `arrange` each terminal that there is stands in exactly one group, and no group is empty.
 */
export type TerminalGroups = readonly (readonly string[])[];

export function arrange(groups: TerminalGroups, ids: readonly string[]): TerminalGroups {
  const known = new Set(ids);
  const seen = new Set<string>();
  const kept = groups
    .map((group) => group.filter((id) => known.has(id) && !seen.has(id) && seen.add(id)))
    .filter((group) => group.length > 0);
  return [...kept, ...ids.filter((id) => !seen.has(id)).map((id) => [id])];
}

/** The terminal stands right of another one from here on. */
export function placeBeside(groups: TerminalGroups, id: string, beside: string): TerminalGroups {
  const others = groups.map((group) => group.filter((each) => each !== id)).filter((group) => group.length > 0);
  return others.map((group) => {
    const at = group.indexOf(beside);
    return at < 0 ? group : [...group.slice(0, at + 1), id, ...group.slice(at + 1)];
  });
}

/** The terminal stands alone. */
export function placeAlone(groups: TerminalGroups, id: string): TerminalGroups {
  const at = groups.findIndex((group) => group.includes(id));
  if (at < 0 || groups[at]!.length === 1) return groups;
  const rest = groups[at]!.filter((each) => each !== id);
  return [...groups.slice(0, at), rest, [id], ...groups.slice(at + 1)];
}

export function findGroup(groups: TerminalGroups, id: string | undefined): readonly string[] {
  return groups.find((group) => id !== undefined && group.includes(id)) ?? (id === undefined ? [] : [id]);
}

/** Who is shown when this one is closed: its neighbour, else the terminal before it in the list. */
export function findSuccessor(groups: TerminalGroups, id: string): string | undefined {
  const group = findGroup(groups, id);
  const at = group.indexOf(id);
  const beside = group[at - 1] ?? group[at + 1];
  if (beside !== undefined) return beside;
  const all = groups.flat();
  const index = all.indexOf(id);
  return all[index - 1] ?? all[index + 1];
}

export function isGroups(value: unknown): value is TerminalGroups {
  return (
    Array.isArray(value) &&
    value.every((group) => Array.isArray(group) && group.every((id: unknown) => typeof id === "string"))
  );
}
