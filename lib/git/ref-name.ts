/** Names of branches, tags and remotes, by the rules of git-check-ref-format(1); a leading `-` is refused too. */
export function isRefName(name: string): boolean {
  if (name === "" || name.length > 244 || name === "@" || name.startsWith("-")) return false;
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$/.test(name)) return false;
  return name.split("/").every((part) => part !== "" && !part.startsWith(".") && !part.endsWith(".lock"));
}

/** A branch must not be mistaken for a revision such as `HEAD`. */
export function isBranchName(name: string): boolean {
  return isRefName(name) && name !== "HEAD" && !name.startsWith("refs/");
}

export function isRemoteName(name: string): boolean {
  return isRefName(name) && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name);
}

/** A revision as a person writes it: a name or id with `~n`, `^n` and `@{n}`; never an option. */
export function isRevision(text: string): boolean {
  return (
    text !== "" && text.length <= 300 && /^[A-Za-z0-9@_./][^\x00-\x20\x7f:?*[\\]*$/.test(text) && !text.includes("..")
  );
}

export type RevisionStep =
  | { readonly kind: "parent"; readonly number: number }
  | { readonly kind: "ancestor"; readonly count: number };

export interface Revision {
  /** `HEAD`, a ref or an id. */
  readonly base: string;
  /** Of `name@{2}`. */
  readonly reflogPosition: number | undefined;
  readonly steps: readonly RevisionStep[];
}

export function parseRevision(text: string): Revision | undefined {
  if (!isRevision(text)) return undefined;
  const match = /^(.*?)(?:@\{(\d{1,6})\})?((?:[~^]\d{0,6})*)$/.exec(text);
  if (!match) return undefined;
  const [, base = "", position, suffix = ""] = match;
  if (/[~^{}]/.test(base)) return undefined;
  const steps = [...suffix.matchAll(/([~^])(\d*)/g)].map(([, mark, digits]): RevisionStep => {
    const value = digits === "" ? 1 : Number(digits);
    return mark === "~" ? { kind: "ancestor", count: value } : { kind: "parent", number: value };
  });
  return {
    base: base === "" || base === "@" ? "HEAD" : base,
    reflogPosition: position === undefined ? undefined : Number(position),
    steps,
  };
}
