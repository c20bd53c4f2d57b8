/** Commit and tag objects: bytes to fields and back. Unknown headers (signatures, encodings) are tolerated. */
import { GitFormatError } from "./format-error";
import { isObjectId, type ObjectId, type ObjectType } from "./object-id";
import { decodePath, encodePath } from "./path-bytes";

export interface Signature {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970. */
  readonly seconds: number;
  /** Minutes east of UTC, as git writes `+0200`. */
  readonly offsetMinutes: number;
}

export interface CommitObject {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
  /** Whether a signature header is there; it is not verified. */
  readonly signed: boolean;
}

/** What a walk through the history needs of a commit. */
export interface CommitFacts {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  /** Of the committer, since 1970. */
  readonly seconds: number;
}

export interface TagObject {
  readonly object: ObjectId;
  readonly type: ObjectType;
  readonly name: string;
  readonly tagger: Signature | undefined;
  readonly message: string;
}

export function parseSignature(text: string): Signature {
  const match = /^(.*?) ?<([^>]*)>(?: (-?\d+)(?: ([+-])(\d\d)(\d\d))?)?/.exec(text);
  if (!match) return { name: text, email: "", seconds: 0, offsetMinutes: 0 };
  const [, name = "", email = "", seconds = "0", sign, hours = "0", minutes = "0"] = match;
  const offset = Number(hours) * 60 + Number(minutes);
  return { name, email, seconds: Number(seconds), offsetMinutes: sign === "-" ? -offset : offset };
}

export function formatSignature(signature: Signature): string {
  const clean = (text: string): string => text.replace(/[<>\r\n\0]/g, "").trim();
  const offset = Math.abs(signature.offsetMinutes);
  const zone = `${signature.offsetMinutes < 0 ? "-" : "+"}${String(Math.floor(offset / 60)).padStart(2, "0")}${String(offset % 60).padStart(2, "0")}`;
  return `${clean(signature.name)} <${clean(signature.email)}> ${signature.seconds} ${zone}`;
}

/** Header lines (continuations joined) and the text after the empty line. */
function splitObject(bytes: Uint8Array): { headers: [string, string][]; body: string } {
  let headerEnd = 0;
  while (headerEnd < bytes.length && !(bytes[headerEnd] === 10 && bytes[headerEnd + 1] === 10)) headerEnd++;
  const headers: [string, string][] = [];
  for (const line of new TextDecoder().decode(bytes.subarray(0, headerEnd)).split("\n")) {
    if (line.startsWith(" ")) {
      const last = headers.at(-1);
      if (last) last[1] += `\n${line.slice(1)}`;
    } else {
      const space = line.indexOf(" ");
      if (space > 0) headers.push([line.slice(0, space), line.slice(space + 1)]);
    }
  }
  const encoding = headers.find(([name]) => name === "encoding")?.[1];
  return { headers, body: decodeText(bytes.subarray(headerEnd + 2), encoding) };
}

function decodeText(bytes: Uint8Array, encoding: string | undefined): string {
  try {
    return new TextDecoder(encoding ?? "utf-8", { ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

function idHeader(headers: readonly [string, string][], name: string): ObjectId {
  const value = headers.find(([header]) => header === name)?.[1];
  if (value === undefined || !isObjectId(value)) throw new GitFormatError(`object has no ${name}`);
  return value;
}

export function parseCommit(bytes: Uint8Array): CommitObject {
  const { headers, body } = splitObject(bytes);
  const value = (name: string): string => headers.find(([header]) => header === name)?.[1] ?? "";
  return {
    tree: idHeader(headers, "tree"),
    parents: headers.filter(([name]) => name === "parent").map(([, id]) => id as ObjectId),
    author: parseSignature(value("author")),
    committer: parseSignature(value("committer")),
    message: body,
    signed: headers.some(([name]) => name === "gpgsig" || name === "gpgsig-sha256"),
  };
}

/** The same as `parseCommit` says, without making the rest: a walk looks at thousands. */
export function parseCommitFacts(bytes: Uint8Array): CommitFacts {
  let tree: string | undefined;
  const parents: ObjectId[] = [];
  let seconds = 0;
  for (let at = 0; at < bytes.length && bytes[at] !== 10; ) {
    const newline = bytes.indexOf(10, at);
    const end = newline < 0 ? bytes.length : newline;
    if (isWord(bytes, at, "tree ")) tree ??= decodePath(bytes.subarray(at + 5, end));
    else if (isWord(bytes, at, "parent ")) parents.push(decodePath(bytes.subarray(at + 7, end)) as ObjectId);
    else if (isWord(bytes, at, "committer ")) {
      seconds = readSeconds(bytes, at, end);
      break;
    }
    at = end + 1;
  }
  if (tree === undefined || !isObjectId(tree)) throw new GitFormatError("object has no tree");
  return { tree, parents, seconds };
}

/** As `parseSignature` takes them, out of the bytes of its line. */
function readSeconds(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== 60) at++;
  while (at < to && bytes[at] !== 62) at++;
  if (bytes[++at] !== 32) return 0;
  const isNegative = bytes[++at] === 45;
  if (isNegative) at++;
  let seconds = 0;
  for (; at < to && bytes[at]! >= 48 && bytes[at]! <= 57; at++) seconds = seconds * 10 + bytes[at]! - 48;
  return isNegative ? -seconds : seconds;
}

function isWord(bytes: Uint8Array, at: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return false;
  return true;
}

export function encodeCommit(commit: Omit<CommitObject, "signed">): Uint8Array {
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${formatSignature(commit.author)}`,
    `committer ${formatSignature(commit.committer)}`,
  ];
  return encodePath(`${lines.join("\n")}\n\n${commit.message}`);
}

export function parseTag(bytes: Uint8Array): TagObject {
  const { headers, body } = splitObject(bytes);
  const value = (name: string): string | undefined => headers.find(([header]) => header === name)?.[1];
  const tagger = value("tagger");
  return {
    object: idHeader(headers, "object"),
    type: (value("type") ?? "commit") as ObjectType,
    name: value("tag") ?? "",
    tagger: tagger === undefined ? undefined : parseSignature(tagger),
    message: body,
  };
}

export function encodeTag(tag: TagObject): Uint8Array {
  const lines = [`object ${tag.object}`, `type ${tag.type}`, `tag ${tag.name}`];
  if (tag.tagger) lines.push(`tagger ${formatSignature(tag.tagger)}`);
  return encodePath(`${lines.join("\n")}\n\n${tag.message}`);
}

/** A message as git keeps it: no trailing blanks, no runs of empty lines, one final newline. */
export function cleanMessage(message: string): string {
  const lines = message.replace(/\r\n?/g, "\n").replace(/\0/g, "").split("\n");
  const text = lines
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .replace(/^\n+|\n+$/g, "");
  return text === "" ? "" : `${text}\n`;
}

/** Adds `Signed-off-by:` unless that very line is there; joins a trailer block that is there already. */
export function signOff(message: string, name: string, email: string): string {
  const line = `Signed-off-by: ${name} <${email}>`;
  const text = cleanMessage(message).trimEnd();
  const lines = text.split("\n");
  if (lines.includes(line)) return `${text}\n`;
  const lastParagraph = text.split("\n\n").at(-1) ?? "";
  const isTrailer = text.includes("\n\n") && lastParagraph.split("\n").every((each) => /^[A-Za-z0-9-]+: /.test(each));
  return `${text}${isTrailer ? "\n" : "\n\n"}${line}\n`;
}

export function subjectOf(message: string): string {
  return (/^\s*([\s\S]*?)(?:\n\s*\n|\s*$)/.exec(message)?.[1] ?? "").replace(/\s*\n\s*/g, " ").trim();
}
