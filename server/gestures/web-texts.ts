/**
 * Profiles on the web, as far as they were fetched for gestures. Kept in memory with the time they were fetched, so that
 * a page can say how old what it shows is; asked for again on "check".
 */
import type { ReadFailure } from "@/lib/buildout";

export interface WebText {
  readonly text: string;
  readonly fetchedAt: string;
}

export interface WebTexts {
  find(url: string): WebText | undefined;
  /** Why it could not be had, when it was last asked for. */
  findProblem(url: string): string | undefined;
  /** `again` also fetches what is known. */
  fetch(urls: readonly string[], hosts: readonly string[], again?: boolean): Promise<void>;
}

export interface WebTextsOptions {
  /** `hosts` may be in a private network. */
  readonly fetch: (url: string, hosts: readonly string[]) => Promise<string | ReadFailure>;
  readonly now: () => Date;
}

/** A profile's closure has at most some hundred addresses; more than these at once is a mistake or an attack. */
const MAX_TEXTS = 2000;

export function createWebTexts({ fetch, now }: WebTextsOptions): WebTexts {
  const texts = new Map<string, WebText>();
  const problems = new Map<string, string>();
  return {
    find: (url) => texts.get(url),
    findProblem: (url) => problems.get(url),
    async fetch(urls, hosts, again = false) {
      const wanted = [...new Set(urls)].filter((url) => again || !texts.has(url));
      await Promise.all(
        wanted.map(async (url) => {
          const found = await fetch(url, hosts);
          if (typeof found !== "string") {
            problems.set(url, found.message);
            return;
          }
          problems.delete(url);
          if (texts.size >= MAX_TEXTS) texts.clear();
          texts.set(url, { text: found, fetchedAt: now().toISOString() });
        }),
      );
    },
  };
}
