/**
 * Bytes of a file as text and back.
 *
 * Invariant: for whatever `decodeText` accepts, `encodeText` with the encoding that it found gives the same bytes
 * again; what cannot be given back byte for byte is not text. Line ends are characters like all others.
 */
export interface TextEncoding {
  readonly charset: "utf-8" | "utf-16le" | "utf-16be";
  readonly byteOrderMark: boolean;
}

export interface DecodedText {
  readonly text: string;
  readonly encoding: TextEncoding;
}

export const NEW_FILE_ENCODING: TextEncoding = { charset: "utf-8", byteOrderMark: false };

const MARKS: readonly { readonly charset: TextEncoding["charset"]; readonly bytes: Buffer }[] = [
  { charset: "utf-8", bytes: Buffer.from([0xef, 0xbb, 0xbf]) },
  { charset: "utf-16le", bytes: Buffer.from([0xff, 0xfe]) },
  { charset: "utf-16be", bytes: Buffer.from([0xfe, 0xff]) },
];

/** Undefined when the bytes are not text. */
export function decodeText(bytes: Buffer): DecodedText | undefined {
  const mark = MARKS.find(({ bytes: start }) => bytes.subarray(0, start.length).equals(start));
  const encoding: TextEncoding = { charset: mark?.charset ?? "utf-8", byteOrderMark: mark !== undefined };
  const content = bytes.subarray(mark?.bytes.length ?? 0);
  try {
    const text = new TextDecoder(encoding.charset, { fatal: true, ignoreBOM: true }).decode(content);
    return text.includes("\0") ? undefined : { text, encoding };
  } catch {
    // The bytes are not of this charset: the file is not text, which is an answer.
    return undefined;
  }
}

/** Undefined when the text has half of a surrogate pair, which no encoding can keep. */
export function encodeText(text: string, { charset, byteOrderMark }: TextEncoding): Buffer | undefined {
  const mark = byteOrderMark ? MARKS.find((candidate) => candidate.charset === charset)!.bytes : Buffer.alloc(0);
  const utf8 = Buffer.from(text, "utf8");
  if (utf8.toString("utf8") !== text) return undefined;
  if (charset === "utf-8") return Buffer.concat([mark, utf8]);
  const content = Buffer.from(text, "utf16le");
  return Buffer.concat([mark, charset === "utf-16be" ? content.swap16() : content]);
}
