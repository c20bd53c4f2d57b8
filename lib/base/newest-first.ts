/** The order of things that were begun one after the other, the newest first. */

export interface Begun {
  readonly id: string;
  /** ISO, to the millisecond. An id tells the second alone, in which more than one may have been begun. */
  readonly createdAt: string;
}

/** For `sort`. */
export function compareNewestFirst(a: Begun, b: Begun): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}
