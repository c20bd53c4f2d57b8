/** Which project each account opened last: what a browser shows that has no choice of its own yet. */
import { z } from "zod";
import type { Files } from "@/server/platform/files";
import { type JsonState, openJsonState, type StateLog } from "@/server/platform/json-state";

export interface LastProjects {
  find(account: string): Promise<string | undefined>;
  note(account: string, project: string): Promise<void>;
}

export interface LastProjectsOptions {
  readonly files: Files;
  /** Absolute; the file that they are kept in. */
  readonly path: string;
  readonly log: StateLog;
  readonly now: () => number;
}

export function createLastProjects(options: LastProjectsOptions): LastProjects {
  let opening: Promise<JsonState<Record<string, string>>> | undefined;
  const open = (): Promise<JsonState<Record<string, string>>> => {
    opening ??= openJsonState({ ...options, schema: z.record(z.string(), z.string()), initial: {} }).catch((error) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    async find(account) {
      const { value } = await open();
      return Object.hasOwn(value, account) ? value[account] : undefined;
    },
    async note(account, project) {
      const state = await open();
      if (state.value[account] !== project) await state.replace({ ...state.value, [account]: project });
    },
  };
}
