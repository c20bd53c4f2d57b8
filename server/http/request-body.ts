/** Bodies of requests and replies, with limits that hold while they are read. */
import { WebrunnerError } from "@/lib/base/errors";

export async function readJsonBody(request: Request, limitBytes: number): Promise<unknown> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  // A form of another page can send text, but not this type without asking first.
  if (type !== "application/json") {
    throw new WebrunnerError("request/invalid", { message: "The body must be application/json." });
  }
  if (Number(request.headers.get("content-length")) > limitBytes) throw createTooLarge(limitBytes);
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of toByteIterable(request)) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw createTooLarge(limitBytes);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (cause) {
    throw new WebrunnerError("request/invalid", { message: "The body is not JSON in UTF-8." }, { cause });
  }
}

/** A client that goes away in the middle ends it with `request/invalid`: what was read so far is not a whole body. */
export async function* toByteIterable(request: Request): AsyncIterable<Uint8Array> {
  if (!request.body) return;
  const reader = request.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (cause) {
    throw new WebrunnerError("request/invalid", { message: "The body ended too early." }, { cause });
  } finally {
    // After the end this does nothing; before it, the rest is not wanted.
    reader.cancel().catch(() => {
      // The connection is gone: nothing is left to cancel.
    });
  }
}

/** Pulled chunk by chunk; a reader that gives up ends the iterable. */
export function toByteStream(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

function createTooLarge(limitBytes: number): WebrunnerError {
  return new WebrunnerError("request/too-large", {
    message: `The body is larger than ${limitBytes} bytes.`,
    limitBytes,
  });
}
