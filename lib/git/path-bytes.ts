/** Paths in git's order and spelling; the codec itself is in the base, as the disk needs it too. */
import { encodePath } from "@/lib/base/path-bytes";

export { decodePath, encodePath, hasRawBytes } from "@/lib/base/path-bytes";

/** Order of the bytes. UTF-16 order is the same one unless surrogates take part. */
export function comparePaths(a: string, b: string): number {
  if (a === b) return 0;
  if (/[\ud800-\uffff]/.test(a) || /[\ud800-\uffff]/.test(b)) return compareBytes(encodePath(a), encodePath(b));
  return a < b ? -1 : 1;
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** A name as git prints it: in quotes with C escapes when it holds control, quote or non-ASCII bytes. */
export function quotePath(path: string, options: { quoteSpace?: boolean } = {}): string {
  if (/^[\x20-\x7e]*$/.test(path) && !/["\\]/.test(path)) {
    return options.quoteSpace === true && path.includes(" ") ? `"${path}"` : path;
  }
  const named: Record<number, string> = {
    7: "a",
    8: "b",
    9: "t",
    10: "n",
    11: "v",
    12: "f",
    13: "r",
    34: '"',
    92: "\\",
  };
  let quoted = "";
  for (const byte of encodePath(path)) {
    const name = named[byte];
    if (name !== undefined) quoted += `\\${name}`;
    else if (byte < 32 || byte >= 127) quoted += `\\${byte.toString(8).padStart(3, "0")}`;
    else quoted += String.fromCharCode(byte);
  }
  return `"${quoted}"`;
}

/** One character a byte: what line work is done on, so that no byte is ever lost. */
export function toByteString(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    text += String.fromCharCode.apply(undefined, bytes.subarray(i, i + 8192) as unknown as number[]);
  }
  return text;
}

export function fromByteString(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/**
 * Whether a path out of a tree or an index may be written below a work tree: no empty, `.`, `..` or `.git`
 * segment in any of its disguises, no NUL, no backslash trick, relative.
 */
export function isSafeTreePath(path: string): boolean {
  if (path === "" || path.includes("\0") || path.length > 4096) return false;
  for (const segment of path.split("/")) {
    if (segment === "" || segment === "." || segment === "..") return false;
    if (segment.charCodeAt(0) < 0x80 && !/[.gG]/.test(segment[0]!)) continue;
    // HFS+ ignores these code points, NTFS ignores trailing dots, spaces and streams: all of them spell ".git".
    const plain = segment.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, "").toLowerCase();
    if (/^(\.git|git~1)[ .]*(:.*)?$/.test(plain) || /^\.git[ .]*\\/.test(plain)) return false;
  }
  return true;
}
