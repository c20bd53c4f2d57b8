/** One HTTP request over a unix socket, answered whole; no redirects, no proxies, a bounded answer. */
import { request } from "node:http";
import { errorNumber } from "./files";

const ANSWER_LIMIT_BYTES = 8 * 1024 * 1024;

export interface SocketRequest {
  readonly path: string;
  readonly body: string;
  readonly contentType: string;
  readonly timeoutMs: number;
}

/** Undefined when nobody listens there: no such socket, or one that its owner left behind. */
export function postToSocket(socketPath: string, options: SocketRequest): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const body = Buffer.from(options.body);
    const outgoing = request(
      {
        socketPath,
        method: "POST",
        path: options.path,
        headers: { host: "localhost", "content-type": options.contentType, "content-length": body.length },
        agent: false,
        signal: AbortSignal.timeout(options.timeoutMs),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let sizeBytes = 0;
        response.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          sizeBytes += chunk.length;
          if (sizeBytes > ANSWER_LIMIT_BYTES) outgoing.destroy(new Error("The answer is too large"));
        });
        response.on("error", reject);
        response.on("end", () => {
          if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString("utf8"));
          else reject(new Error(`The socket answered ${response.statusCode}`));
        });
      },
    );
    outgoing.on("error", (error) => {
      if (["ENOENT", "ECONNREFUSED", "ECONNRESET", "ENOTDIR"].includes(errorNumber(error) ?? "")) resolve(undefined);
      else reject(error);
    });
    outgoing.end(body);
  });
}
