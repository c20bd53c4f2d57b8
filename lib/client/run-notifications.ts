/**
 * Whether the browser itself tells of the ends of runs. A person asks for it by a button, because browsers only take
 * the question from one; it is remembered for this browser.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { KeyValueStorage } from "./settings";

const KEY = "webrunner.notifyOfRuns";

export type NotificationState = "off" | "on" | "refused" | "unsupported";

export interface NotificationPort {
  readonly permission: "default" | "granted" | "denied";
  requestPermission(): Promise<"default" | "granted" | "denied">;
}

export interface RunNotifications {
  readonly state: StoreApi<{ readonly status: NotificationState }>;
  /** In answer to a person's click. */
  turnOn(): Promise<void>;
  turnOff(): void;
}

/** `port` is undefined in a browser that has no notifications, or only for pages over https. */
export function createRunNotifications(
  storage: KeyValueStorage,
  port: () => NotificationPort | undefined,
): RunNotifications {
  const read = (): NotificationState => {
    const notifications = port();
    if (!notifications) return "unsupported";
    if (notifications.permission === "denied") return "refused";
    return storage.getItem(KEY) === "on" && notifications.permission === "granted" ? "on" : "off";
  };
  const state = createStore(() => ({ status: read() }));
  return {
    state,
    async turnOn() {
      const notifications = port();
      if (notifications && (await notifications.requestPermission()) === "granted") storage.setItem(KEY, "on");
      state.setState({ status: read() });
    },
    turnOff() {
      storage.removeItem(KEY);
      state.setState({ status: read() });
    },
  };
}
