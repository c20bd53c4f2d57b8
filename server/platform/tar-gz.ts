/**
 * A tar.gz written as it is read: files of a known size one after the other, nothing held that was not asked for.
 *
 * The format is POSIX ustar: names up to 100 bytes, sizes below 8 GiB. A source that gives fewer or more bytes than it
 * said breaks the archive, and is refused.
 */
import { createGzip } from "node:zlib";

export interface TarEntry {
  /** Without `..`, relative, at most 100 bytes. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
}

const BLOCK_BYTES = 512;
const SIZE_MAX = 8 * 1024 ** 3 - 1;

export async function* writeTarGz(entries: AsyncIterable<TarEntry> | Iterable<TarEntry>): AsyncIterable<Uint8Array> {
  const gzip = createGzip();
  const feeding = feed(entries, gzip);
  // It fails the stream itself, and whoever reads hears of it there.
  feeding.catch((error) => gzip.destroy(error instanceof Error ? error : new Error(String(error))));
  yield* gzip as AsyncIterable<Uint8Array>;
  await feeding;
}

async function feed(
  entries: AsyncIterable<TarEntry> | Iterable<TarEntry>,
  gzip: ReturnType<typeof createGzip>,
): Promise<void> {
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (gzip.destroyed) throw new Error("Nobody reads the archive any more");
    if (!gzip.write(bytes)) {
      await new Promise<void>((resolve) => {
        gzip.once("drain", resolve);
        gzip.once("close", resolve);
      });
    }
  };
  for await (const entry of entries) {
    await write(toHeader(entry));
    let size = 0;
    for await (const bytes of entry.content instanceof Uint8Array ? [entry.content] : entry.content) {
      size += bytes.length;
      if (size > entry.sizeBytes) break;
      await write(bytes);
    }
    if (size !== entry.sizeBytes) throw new Error(`${entry.name} is not of the size that was said`);
    await write(new Uint8Array((BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES));
  }
  await write(new Uint8Array(2 * BLOCK_BYTES));
  gzip.end();
}

function toHeader({ name, sizeBytes, modifiedMs }: TarEntry): Uint8Array {
  if (Buffer.byteLength(name) > 100 || sizeBytes > SIZE_MAX) throw new Error(`${name} does not fit into the archive`);
  const header = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, length: number): string =>
    `${Math.floor(value)
      .toString(8)
      .padStart(length - 1, "0")}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(sizeBytes, 12), 124);
  header.write(octal(modifiedMs / 1000, 12), 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\0" + "00", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}
