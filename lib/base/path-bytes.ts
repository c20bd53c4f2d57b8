/**
 * File names as the disk keeps them (bytes) and as we handle them (strings).
 *
 * Valid UTF-8 is decoded as such. A byte that is not becomes the lone surrogate U+DC80 + (byte - 0x80), so that
 * every name there is comes back to the very bytes it came from.
 */
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export function decodePath(bytes: Uint8Array): string {
  let ascii = true;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]! >= 0x80) {
      ascii = false;
      break;
    }
  }
  if (ascii && bytes.length < 4096) return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
  try {
    return strict.decode(bytes);
  } catch {
    return decodeLossless(bytes);
  }
}

function decodeLossless(bytes: Uint8Array): string {
  let text = "";
  let i = 0;
  while (i < bytes.length) {
    const lead = bytes[i]!;
    const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 0;
    let decoded: string | undefined;
    if (length > 0 && i + length <= bytes.length) {
      try {
        decoded = strict.decode(bytes.subarray(i, i + length));
      } catch {
        decoded = undefined;
      }
    }
    text += decoded ?? String.fromCharCode(0xdc00 + lead);
    i += decoded === undefined ? 1 : length;
  }
  return text;
}

/** Whether a path holds bytes that are no UTF-8; such a path needs `encodePath` on its way to the file system. */
export function hasRawBytes(path: string): boolean {
  return /(?<![\ud800-\udbff])[\udc80-\udcff]/.test(path);
}

export function encodePath(path: string): Uint8Array {
  if (!hasRawBytes(path)) return encoder.encode(path);
  const bytes: number[] = [];
  for (const character of path) {
    const code = character.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else bytes.push(...encoder.encode(character));
  }
  return Uint8Array.from(bytes);
}
