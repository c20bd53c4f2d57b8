/** Branded names: a plain string does not pass where an id is asked for. */
declare const brand: unique symbol;
export type Branded<Name extends string> = string & { readonly [brand]: Name };

/** One execution of an engine: `20261123-192455-k3f9q2`, sortable by time. */
export type RunId = Branded<"RunId">;
/** A user's root: a slug of lower-case letters, digits and dashes. */
export type ProjectId = Branded<"ProjectId">;
/** Content identity of a file as read: the SHA-256 of its bytes in hex, not a time. */
export type FileTag = Branded<"FileTag">;
/** A path below a project's workspace, `/` separated, no `..`, no leading `/`; made by one function only. */
export type ConfinedPath = Branded<"ConfinedPath">;
