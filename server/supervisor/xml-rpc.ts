/**
 * XML-RPC as supervisord speaks it: calls with texts, numbers and truth values; answers read into plain values.
 *
 * Reading never trusts the text: no entities but XML's own five and numbers, bounded depth, and what is not understood
 * is an error. Objects are made without a prototype to pollute.
 */
export type XmlRpcValue =
  | string
  | number
  | boolean
  | undefined
  | XmlRpcValue[]
  | { readonly [name: string]: XmlRpcValue };

export class XmlRpcFault extends Error {
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.name = "XmlRpcFault";
    this.code = code;
  }
}

const DEPTH_LIMIT = 20;

export function formatCall(method: string, parameters: readonly (string | number | boolean)[]): string {
  const values = parameters.map((value) => `<param><value>${formatValue(value)}</value></param>`).join("");
  return `<?xml version="1.0"?><methodCall><methodName>${escapeXml(method)}</methodName><params>${values}</params></methodCall>`;
}

function formatValue(value: string | number | boolean): string {
  if (typeof value === "boolean") return `<boolean>${value ? 1 : 0}</boolean>`;
  if (typeof value === "number") return `<int>${Math.trunc(value)}</int>`;
  return `<string>${escapeXml(value)}</string>`;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&]/g, (character) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;" })[character]!);
}

/** The answer's value; throws an `XmlRpcFault` when that is what it is, and an `Error` for what is no answer. */
export function parseAnswer(text: string): XmlRpcValue {
  const reader = createReader(text);
  reader.open("methodResponse");
  const kind = reader.openAny();
  if (kind === "fault") {
    const fault = readValue(reader, 0);
    const { faultCode, faultString } = isStruct(fault) ? fault : {};
    throw new XmlRpcFault(Number(faultCode ?? 0), String(faultString ?? "refused"));
  }
  if (kind !== "params") throw new Error(`Not an XML-RPC answer: ${kind}`);
  reader.open("param");
  return readValue(reader, 0);
}

export function isStruct(value: XmlRpcValue): value is { readonly [name: string]: XmlRpcValue } {
  return typeof value === "object" && !Array.isArray(value);
}

interface Reader {
  open(name: string): void;
  openAny(): string;
  close(name: string): void;
  /** The next tag opens this one; takes it. */
  tryOpen(name: string): boolean;
  text(): string;
  isClosing(): boolean;
}

function createReader(source: string): Reader {
  let at = 0;
  const skip = (): void => {
    for (;;) {
      while (/\s/.test(source[at] ?? "")) at++;
      if (!source.startsWith("<?", at)) return;
      at = source.indexOf("?>", at) + 2;
      if (at === 1) throw new Error("Not an XML-RPC answer");
    }
  };
  const peek = (): string | undefined => {
    skip();
    const tag = /^<(\/?[A-Za-z0-9.]+)\s*(\/?)>/.exec(source.slice(at, at + 60));
    return tag?.[0];
  };
  const take = (tag: string): void => {
    at += tag.length;
  };
  const reader: Reader = {
    openAny() {
      const tag = peek();
      if (tag === undefined || tag.startsWith("</")) throw new Error(`Not an XML-RPC answer at ${at}`);
      take(tag);
      return tag.replace(/[<>/\s]/g, "");
    },
    open(name) {
      const found = reader.openAny();
      if (found !== name) throw new Error(`Not an XML-RPC answer: ${found} instead of ${name}`);
    },
    close(name) {
      const tag = peek();
      if (tag !== `</${name}>`) throw new Error(`Not an XML-RPC answer: ${name} is not closed`);
      take(tag);
    },
    tryOpen(name) {
      const tag = peek();
      if (tag !== `<${name}>`) return false;
      take(tag);
      return true;
    },
    text() {
      const end = source.indexOf("<", at);
      if (end < 0) throw new Error("Not an XML-RPC answer: cut off");
      const raw = source.slice(at, end);
      at = end;
      return raw.replace(/&(?:lt|gt|amp|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});/g, toCharacter);
    },
    isClosing: () => peek()?.startsWith("</") ?? false,
  };
  return reader;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&quot;": '"',
  "&apos;": "'",
};

function toCharacter(entity: string): string {
  const known = ENTITIES[entity];
  if (known !== undefined) return known;
  const code = entity[2] === "x" ? Number.parseInt(entity.slice(3), 16) : Number.parseInt(entity.slice(2), 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\uFFFD";
}

function readValue(reader: Reader, depth: number): XmlRpcValue {
  if (depth > DEPTH_LIMIT) throw new Error("Not an XML-RPC answer: too deep");
  reader.open("value");
  if (reader.isClosing()) {
    reader.close("value");
    return "";
  }
  const value = readTyped(reader, depth);
  reader.close("value");
  return value;
}

function readTyped(reader: Reader, depth: number): XmlRpcValue {
  const type = reader.openAny();
  if (type === "nil") return undefined;
  if (type === "array") return readArray(reader, depth);
  if (type === "struct") return readMembers(reader, depth);
  const text = reader.text();
  reader.close(type);
  switch (type) {
    case "int":
    case "i4":
    case "i8":
    case "double":
      return Number(text);
    case "boolean":
      return text.trim() === "1";
    default:
      return text;
  }
}

function readArray(reader: Reader, depth: number): XmlRpcValue[] {
  const items: XmlRpcValue[] = [];
  reader.open("data");
  while (!reader.isClosing()) items.push(readValue(reader, depth + 1));
  reader.close("data");
  reader.close("array");
  return items;
}

function readMembers(reader: Reader, depth: number): { [name: string]: XmlRpcValue } {
  const members: { [name: string]: XmlRpcValue } = Object.create(null);
  while (reader.tryOpen("member")) {
    reader.open("name");
    const name = reader.text();
    reader.close("name");
    members[name] = readValue(reader, depth + 1);
    reader.close("member");
  }
  reader.close("struct");
  return members;
}
