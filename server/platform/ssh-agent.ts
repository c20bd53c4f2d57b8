/**
 * An ssh agent for one call: answers on a socket of the call's private directory which keys there are, and signs with
 * them (draft-miller-ssh-agent, messages 11 and 13). Keys of another agent are offered too, and asked there.
 *
 * Promise: a private key never leaves this process.
 */
import { connect, createServer, type Socket } from "node:net";

export interface SshIdentity {
  /** The public key as ssh writes it on the wire. */
  readonly blob: Buffer;
  readonly comment: string;
  /** The signature, with its algorithm's name before it. */
  readonly sign: (data: Buffer) => Buffer;
}

export interface SshAgent {
  close(): Promise<void>;
}

const FAILURE = 5;
const LIST = 11;
const LISTED = 12;
const SIGN = 13;
const SIGNED = 14;
/** OpenSSH's own limit of one message. */
const MESSAGE_LIMIT = 256 * 1024;

export function packString(text: string | Uint8Array): Buffer {
  const bytes = Buffer.from(text as Uint8Array);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  return Buffer.concat([head, bytes]);
}

/** `upstream` is the socket of the person's own agent. */
export async function startSshAgent(
  path: string,
  identities: readonly SshIdentity[],
  upstream?: string,
): Promise<SshAgent> {
  const open = new Set<Socket>();

  const list = async (): Promise<Buffer> => {
    const answer = upstream === undefined ? undefined : await ask(upstream, Buffer.from([LIST]));
    const others = answer?.[0] === LISTED ? { count: answer.readUInt32BE(1), body: answer.subarray(5) } : undefined;
    const head = Buffer.alloc(5);
    head.writeUInt8(LISTED);
    head.writeUInt32BE(identities.length + (others?.count ?? 0), 1);
    const own = identities.flatMap(({ blob, comment }) => [packString(blob), packString(comment)]);
    return Buffer.concat([head, ...own, ...(others ? [others.body] : [])]);
  };
  const answer = async (message: Buffer): Promise<Buffer> => {
    if (message[0] === LIST) return list();
    if (message[0] === SIGN) {
      const blob = readString(message, 1);
      const data = blob && readString(message, 5 + blob.length);
      const identity = blob && identities.find((each) => each.blob.equals(blob));
      if (identity && data) return Buffer.concat([Buffer.from([SIGNED]), packString(identity.sign(data))]);
      if (upstream !== undefined) return (await ask(upstream, message)) ?? Buffer.from([FAILURE]);
    }
    return Buffer.from([FAILURE]);
  };

  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    let turn: Promise<unknown> = Promise.resolve();
    readMessages(socket, (message) => {
      turn = turn.then(async () => socket.write(packString(await answer(message)))).catch(() => socket.destroy());
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function readString(bytes: Buffer, at: number): Buffer | undefined {
  if (at + 4 > bytes.length) return undefined;
  const end = at + 4 + bytes.readUInt32BE(at);
  return end > bytes.length ? undefined : bytes.subarray(at + 4, end);
}

function readMessages(socket: Socket, onMessage: (message: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4) {
      const length = rest.readUInt32BE(0);
      if (length === 0 || length > MESSAGE_LIMIT) {
        socket.destroy();
        return;
      }
      if (rest.length < 4 + length) return;
      onMessage(rest.subarray(4, 4 + length));
      rest = rest.subarray(4 + length);
    }
  });
}

/** Undefined when that agent is gone or does not answer. */
function ask(path: string, message: Buffer): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path, () => socket.write(packString(message)));
    const end = (reply: Buffer | undefined): void => {
      socket.destroy();
      resolve(reply);
    };
    socket.setTimeout(10_000, () => end(undefined));
    socket.on("error", () => end(undefined));
    socket.on("close", () => resolve(undefined));
    readMessages(socket, end);
  });
}
