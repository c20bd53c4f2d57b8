/**
 * This process's terminal as the screen and the keys of one on the server.
 *
 * Promise: it ends with the program's exit code, once all that the program printed was shown; neither earlier nor later.
 */
import { io } from "socket.io-client";
import type { TerminalInfo, TerminalOutput } from "@/lib/protocol/terminals";
import { EXIT } from "./noun";

/** Until the program in the terminal has ended, or the terminal is gone; gives the exit code. */
export function attachTerminal(
  url: string,
  token: string | undefined,
  project: string,
  { id }: Pick<TerminalInfo, "id">,
): Promise<number> {
  const { stdin, stdout } = process;
  const extraHeaders: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const socket = io(url, { transports: ["websocket"], extraHeaders });
  let received = 0;
  let shown = 0;
  let last: TerminalInfo | undefined;
  return new Promise((resolve, reject) => {
    const finish = (code: number): void => {
      stdin.setRawMode(false);
      stdin.pause();
      socket.close();
      resolve(code);
    };
    const finishWhenShown = (): void => {
      if (last?.state === "closed") finish(last.exitCode ?? EXIT.failed);
      else if (last?.state === "ended" && shown >= (last.endOffset ?? 0)) finish(last.exitCode ?? EXIT.ok);
    };
    const hear = (terminal: TerminalInfo): void => {
      if (terminal.id !== id) return;
      last = terminal;
      finishWhenShown();
    };
    socket.on("terminal:output", ({ terminal, offset, bytes }: TerminalOutput, acknowledge?: () => void) => {
      if (terminal !== id) return;
      const fresh = Buffer.from(bytes).subarray(Math.max(0, received - offset));
      const end = Math.max(received, offset + bytes.byteLength);
      received = end;
      stdout.write(fresh, () => {
        shown = Math.max(shown, end);
        acknowledge?.();
        finishWhenShown();
      });
    });
    socket.on("terminal:changed", hear);
    // The answer tells of an end that came before one could hear of it. A server that was restarted has no such terminal.
    const view = (answer: { readonly terminal?: TerminalInfo }): void => {
      if (answer.terminal) hear(answer.terminal);
      else finish(EXIT.failed);
    };
    socket.on("connect", () => {
      socket.emit("project:watch", { project });
      socket.emit("terminal:view", { terminal: id, offset: received }, view);
    });
    socket.on("connect_error", (error) => {
      if (!socket.active) reject(error);
    });
    stdin.setRawMode(true);
    stdin.on("data", (data) => socket.emit("terminal:type", { terminal: id, data: data.toString("utf8") }));
    stdout.on("resize", () => {
      socket.emit("terminal:resize", { terminal: id, columns: stdout.columns, rows: stdout.rows });
    });
  });
}
