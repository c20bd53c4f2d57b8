/**
 * A wire between a page and a server that can be cut as a network is: what is open stays open, nothing goes through,
 * and nobody is told.
 */

import type { AddressInfo } from "node:net";
import { createServer, connect as openConnection, type Socket } from "node:net";

export interface CuttableWire {
  /** Of the page's side. */
  readonly url: string;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function createCuttableWire(serverUrl: string): Promise<CuttableWire> {
  const target = new URL(serverUrl);
  const ends = new Set<Socket>();
  let isCut = false;

  const keep = (end: Socket, other: () => Socket): void => {
    ends.add(end);
    end.on("data", (bytes) => void other().write(bytes));
    end.on("close", () => {
      ends.delete(end);
      other().destroy();
    });
    // An end that breaks is closed next, which is told to the other.
    end.on("error", () => undefined);
    if (isCut) end.pause();
  };
  const wire = createServer((page) => {
    const server: Socket = openConnection(Number(target.port), target.hostname);
    keep(page, () => server);
    keep(server, () => page);
  });
  await new Promise<void>((resolve) => wire.listen(0, "127.0.0.1", resolve));

  const setCut = (cut: boolean): void => {
    isCut = cut;
    for (const end of ends)
      if (cut) end.pause();
      else end.resume();
  };
  return {
    url: `http://127.0.0.1:${(wire.address() as AddressInfo).port}`,
    cut: () => setCut(true),
    mend: () => setCut(false),
    async close() {
      for (const end of ends) end.destroy();
      await new Promise((resolve) => wire.close(resolve));
    },
  };
}
