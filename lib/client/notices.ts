/** Short messages at the corner of the page. An error stays until it is dismissed, the others a few seconds. */
import { createStore, type StoreApi } from "zustand/vanilla";

export interface NoticeAction {
  readonly title: string;
  readonly run: () => unknown;
}

export interface Notice {
  readonly id: number;
  readonly kind: "info" | "success" | "warning" | "error";
  readonly title: string;
  readonly detail?: string;
  readonly actions: readonly NoticeAction[];
  /** Undefined: until dismissed. */
  readonly durationMs?: number;
}

export interface Notices {
  readonly state: StoreApi<readonly Notice[]>;
  show(notice: Pick<Notice, "kind" | "title"> & Partial<Pick<Notice, "detail" | "actions" | "durationMs">>): number;
  dismiss(id: number): void;
}

const NOTICE_MS = 6_000;
/** More would cover the page; the oldest goes first. */
const NOTICE_LIMIT = 4;

export function createNotices(): Notices {
  const state = createStore<readonly Notice[]>(() => []);
  let lastId = 0;
  return {
    state,
    show(notice) {
      lastId += 1;
      const stays = notice.kind === "error" || (notice.actions?.length ?? 0) > 0;
      const entry: Notice = {
        actions: [],
        ...(stays ? {} : { durationMs: NOTICE_MS }),
        ...notice,
        id: lastId,
      };
      const others = state.getState().filter(({ title, detail }) => title !== entry.title || detail !== entry.detail);
      state.setState([...others, entry].slice(-NOTICE_LIMIT), true);
      return entry.id;
    },
    dismiss(id) {
      const left = state.getState().filter((notice) => notice.id !== id);
      state.setState(left, true);
    },
  };
}
