/** `terminal:*`: what a page types goes in, what the program prints comes out with credit. */
import type { TerminalKeeper } from "@/server/terminal/terminal-keeper";
import type { EventHandlers, EventSocket } from "./event";

/** A page that has not drawn one chunk within this time is asleep or gone; it views again from what it holds. */
const ACKNOWLEDGE_TIMEOUT_MS = 60_000;

export type TerminalEventName = "viewTerminal" | "leaveTerminal" | "typeTerminal" | "resizeTerminal";

export function createTerminalEventHandlers(terminals: TerminalKeeper): Pick<EventHandlers, TerminalEventName> {
  const views = new Map<EventSocket, Map<string, { close(): void }>>();

  const viewsOf = (socket: EventSocket): Map<string, { close(): void }> => {
    const known = views.get(socket);
    if (known) return known;
    const fresh = new Map<string, { close(): void }>();
    views.set(socket, fresh);
    socket.onClose(() => {
      for (const view of fresh.values()) view.close();
      views.delete(socket);
    });
    return fresh;
  };

  return {
    viewTerminal({ payload: { terminal, offset }, socket }) {
      const open = viewsOf(socket);
      open.get(terminal)?.close();
      const view = terminals.view(terminal, offset, {
        send: (at, bytes) =>
          socket.sendAcknowledged("terminal:output", { terminal, offset: at, bytes }, ACKNOWLEDGE_TIMEOUT_MS),
      });
      open.set(terminal, view);
      return { terminal: terminals.get(terminal) };
    },
    leaveTerminal({ payload: { terminal }, socket }) {
      views.get(socket)?.get(terminal)?.close();
      views.get(socket)?.delete(terminal);
      return {};
    },
    typeTerminal({ payload: { terminal, data } }) {
      terminals.write(terminal, data);
      return {};
    },
    resizeTerminal({ payload: { terminal, columns, rows } }) {
      terminals.resize(terminal, columns, rows);
      return {};
    },
  };
}
