/**
 * The server's own log: lines of JSON in a file that only the server's user can read. Nothing of it goes to the
 * terminal, and no secret goes into it.
 */
import { type Logger, pino, stdTimeFunctions } from "pino";
import type { Files } from "./files";

/** One older file is kept beside it. */
const ROTATE_BYTES = 10 * 1024 * 1024;

export interface ServerLog {
  readonly log: Logger;
  close(): void;
}

export async function openServerLog(path: string, files: Files): Promise<ServerLog> {
  const info = await files.findInfo(path);
  if (info && info.sizeBytes > ROTATE_BYTES) await files.move(path, `${path}.1`);
  // Made first: the logger would make it readable for everybody.
  if (!info || info.sizeBytes > ROTATE_BYTES) await files.append(path, "");
  const destination = pino.destination({ dest: path, sync: true });
  destination.on("error", () => {
    // A full disk: the server must not end because it cannot complain.
  });
  let closed = false;
  // What is still going on when the log is closed has nowhere to write to, which must not fail it.
  const stream = { write: (line: string) => void (closed || destination.write(line)) };
  const log = pino({ base: undefined, timestamp: stdTimeFunctions.isoTime }, stream);
  return {
    log,
    close() {
      closed = true;
      destination.end();
    },
  };
}
