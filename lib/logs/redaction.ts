/**
 * Secrets taken out of text as it streams by: values that are known to be secret, and what looks like one by its form
 * (a password in a URL, `token=…`, an `Authorization` header, a private key).
 *
 * The text is a *byte string*, one character a byte, so that what is not text goes through unchanged. Promises: a secret
 * is found wherever the bytes are cut (AC8); what is given out does not depend on where they were; nothing of a secret
 * is given out before it is known whole; time is linear in the text. What looks like no secret and is not known as one
 * stays: this is a seat belt, and a reader of what is shared still looks at it first.
 */

export const REDACTED = "[redacted]";

/** A line is looked at whole up to this; of a longer one pieces, each with what could be the begin of a secret held back. */
const LINE_MAX = 64 * 1024;
/** Longer than anything a rule matches. */
const HELD = 16 * 1024;
/** A known value that is shorter would be found in every second word. */
const SECRET_MIN_LENGTH = 6;
/** As long as a rule looks for the end of a value. */
const VALUE = 4096;

export interface Redactor {
  /** What can be given out by now. */
  push(text: string): string;
  /** The rest. */
  end(): string;
}

const NAME = "(?:pass(?:word|wd|phrase)|secret|token(?!i[sz])|api[_-]?key|access[_-]?key|private[_-]?key|credential)";

/** Each with one group before the secret, which stays. Bounded repetitions only: no text makes them slow. */
const RULES: readonly RegExp[] = [
  // scheme://user:password@host, and a token in place of the user.
  /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@:"']{0,256}:)[^\s/@"']{1,1024}(?=@)/gi,
  /(\bhttps?:\/\/)[^\s/@:"']{6,512}(?=@)/gi,
  // name = value, "name": "value", ?name=value
  new RegExp(
    String.raw`(${NAME}[\w.-]{0,64}\\?["']?\s{0,8}(?:=>|[:=])\s{0,8})(?:"(?:[^"\\\n]|\\.){1,${VALUE}}"|'(?:[^'\\\n]|\\.){1,${VALUE}}'|[^\s"'&,;}<>]{1,${VALUE}})`,
    "gi",
  ),
  // --password value
  new RegExp(String.raw`(--?${NAME}[\w-]{0,32}\s{1,4})[^\s"'-][^\s"']{0,${VALUE}}`, "gi"),
  /(\b(?:bearer|basic)\s{1,4})[a-z0-9._~+/=-]{8,4096}/gi,
  /(\b(?:gh[pousr]_|glpat-|github_pat_|xox[abprs]-|AKIA))[A-Za-z0-9_-]{12,255}/g,
  /(\beyJ)[\w-]{6,2048}\.[\w-]{4,4096}\.[\w-]{4,2048}/g,
];
/** Without any of these no rule matches: the cheap look at a whole piece of text, most of which is innocent. */
const SUSPECT = /pass|secret|token|key|credential|:\/\/|bearer|basic|gh[pousr]_|glpat-|github_pat_|xox|akia|eyJ/i;
const KEY_BEGIN = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/;
const KEY_END = /-----END [A-Z ]{0,40}PRIVATE KEY-----/;

/** A name that usually holds a secret. */
export function isSecretName(name: string): boolean {
  return new RegExp(`${NAME}|^pwd$|^key$`, "i").test(name);
}

/** Byte strings of a known secret as it may stand in a text: as it is, and as URLs and JSON write it. */
function formsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= SECRET_MIN_LENGTH);
  return lines.flatMap((line) => {
    const json = JSON.stringify(line).slice(1, -1);
    return [...new Set([line, encodeText(line), json])].map(toByteString);
  });
}

/** `secrets` in Unicode. */
export function createRedactor(secrets: readonly string[] = []): Redactor {
  const known = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const longest = known[0]?.length ?? 0;
  const held = Math.max(HELD, longest + 1);
  const literals = known.length === 0 ? undefined : new RegExp(known.map(escapeRegex).join("|"), "g");
  const anyLiteral = literals && new RegExp(literals.source);
  let pending = "";
  let insideKey = false;

  const findSpans = (text: string): { start: number; end: number }[] => {
    const spans: { start: number; end: number }[] = [];
    if (literals) {
      for (const match of text.matchAll(literals))
        spans.push({ start: match.index, end: match.index + match[0].length });
    }
    for (const rule of RULES) {
      for (const match of text.matchAll(rule)) {
        const start = match.index + match[1]!.length;
        spans.push({ start, end: match.index + match[0].length });
      }
    }
    return mergeSpans(spans);
  };
  const replace = (text: string, spans: readonly { start: number; end: number }[]): string => {
    let given = "";
    let at = 0;
    for (const { start, end } of spans) {
      given += text.slice(at, start) + REDACTED;
      at = end;
    }
    return given + text.slice(at);
  };
  const isSuspect = (text: string): boolean => {
    if (insideKey || SUSPECT.test(text)) return true;
    return anyLiteral?.test(text) ?? false;
  };
  /** A line, without its end. */
  const redactLine = (line: string): string => {
    if (!isSuspect(line)) return line;
    if (insideKey) {
      const end = KEY_END.exec(line);
      if (!end) return "";
      insideKey = false;
      return line.slice(end.index + end[0].length);
    }
    const begin = KEY_BEGIN.exec(line);
    if (!begin) return replace(line, findSpans(line));
    const before = line.slice(0, begin.index);
    const rest = line.slice(begin.index + begin[0].length);
    const end = KEY_END.exec(rest);
    insideKey = !end;
    return `${replace(before, findSpans(before))}${REDACTED}${end ? redactLine(rest.slice(end.index + end[0].length)) : ""}`;
  };
  /** Of a line that is too long to be looked at whole, what surely holds no begun secret. */
  const takePiece = (): string => {
    if (insideKey || KEY_BEGIN.test(pending)) {
      // A key in one endless line: nothing is given out until its end, and of it nothing is kept.
      const end = KEY_END.exec(pending);
      if (end || !insideKey) {
        const cut = end ? end.index + end[0].length : pending.length;
        const piece = redactLine(pending.slice(0, cut));
        pending = pending.slice(cut);
        return piece;
      }
      pending = pending.slice(-HELD);
      return "";
    }
    const spans = findSpans(pending);
    let cut = pending.length - held;
    const over = spans.find(({ start, end }) => start < cut && end > cut);
    // What a rule keeps in front of the secret is needed to find it again.
    if (over) cut = Math.max(0, over.start - LINE_KEEP);
    const piece = replace(
      pending.slice(0, cut),
      spans.filter(({ end }) => end <= cut),
    );
    pending = pending.slice(cut);
    return piece;
  };

  return {
    push(text) {
      pending += text;
      let given = "";
      let from = 0;
      const last = pending.lastIndexOf("\n") + 1;
      if (last > 0 && !isSuspect(pending.slice(0, last))) {
        given = pending.slice(0, last);
        from = last;
      }
      for (let end = pending.indexOf("\n", from); end >= 0; end = pending.indexOf("\n", from)) {
        const hid = insideKey;
        const line = redactLine(pending.slice(from, end));
        given += hid && insideKey ? "" : `${line}\n`;
        from = end + 1;
      }
      pending = pending.slice(from);
      while (pending.length > LINE_MAX) {
        const before = pending.length;
        given += takePiece();
        if (pending.length >= before) break;
      }
      return given;
    },
    end() {
      const rest = redactLine(pending);
      pending = "";
      return rest;
    },
  };
}

/** The longest that stands in front of a secret in one match. */
const LINE_KEEP = 1024;

/** All of a text that is there at once. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  const redactor = createRedactor(secrets);
  return fromByteString(redactor.push(toByteString(text)) + redactor.end());
}

/** UTF-8 as one character a byte, and back. */
export function toByteString(text: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

export function fromByteString(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

function mergeSpans(spans: { start: number; end: number }[]): { start: number; end: number }[] {
  const merged: { start: number; end: number }[] = [];
  for (const span of spans.sort((a, b) => a.start - b.start)) {
    const last = merged[merged.length - 1];
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged;
}

function encodeText(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text; // Half a character, which no URL can hold.
  }
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
