/**
 * Line ends between a repository and its work tree, by the rules of `text`, `eol`, `core.autocrlf` and `core.eol`
 * (gitattributes(5)). A file that looks binary is left alone where git only guesses (`auto`).
 */
import type { AttributeValue } from "./attributes";

export interface LineEndConfig {
  readonly autocrlf: boolean | "input";
  readonly eol: "lf" | "crlf" | undefined;
}

export interface LineEndRule {
  /** `none`: bytes as they are; `text`: always converted; `auto`: converted when it looks like text. */
  readonly kind: "none" | "text" | "auto";
  readonly checkoutCrlf: boolean;
}

const NONE: LineEndRule = { kind: "none", checkoutCrlf: false };

export function resolveLineEndRule(
  attributes: ReadonlyMap<string, AttributeValue>,
  config: LineEndConfig,
): LineEndRule {
  const crlfByConfig = config.autocrlf === true || (config.autocrlf !== "input" && config.eol === "crlf");
  const byValue = (value: AttributeValue | undefined): "text" | "auto" | "none" | "input" | undefined => {
    if (value === true) return "text";
    if (value === false) return "none";
    if (value === "auto" || value === "input") return value;
    return undefined;
  };
  const eol = attributes.get("eol");
  let action = byValue(attributes.get("text")) ?? byValue(attributes.get("crlf"));
  if (action === "none") return NONE;
  if (eol === "lf" || eol === "crlf") {
    return { kind: action === "auto" ? "auto" : "text", checkoutCrlf: eol === "crlf" };
  }
  if (action === "input") return { kind: "text", checkoutCrlf: false };
  if (action === undefined) {
    if (config.autocrlf === false) return NONE;
    action = "auto";
  }
  return { kind: action, checkoutCrlf: crlfByConfig };
}

interface TextFacts {
  readonly nul: number;
  readonly loneCr: number;
  readonly loneLf: number;
  readonly crlf: number;
  readonly looksBinary: boolean;
}

function countText(bytes: Uint8Array): TextFacts {
  let nul = 0;
  let loneCr = 0;
  let loneLf = 0;
  let crlf = 0;
  let printable = 0;
  let other = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === 13) {
      if (bytes[i + 1] === 10) {
        crlf++;
        i++;
      } else loneCr++;
    } else if (byte === 10) loneLf++;
    else if (byte === 127) other++;
    else if (byte < 32) {
      if (byte === 8 || byte === 9 || byte === 27 || byte === 12) printable++;
      else {
        other++;
        if (byte === 0) nul++;
      }
    } else printable++;
  }
  if (bytes.length > 0 && bytes[bytes.length - 1] === 26) other--;
  return { nul, loneCr, loneLf, crlf, looksBinary: loneCr > 0 || nul > 0 || printable >> 7 < other };
}

/** `indexed` gives the bytes of the index, asked for only where git looks at them. */
export function toRepositoryBytes(
  bytes: Uint8Array,
  rule: LineEndRule,
  indexed: () => Uint8Array | undefined,
): Uint8Array {
  if (rule.kind === "none" || !bytes.includes(13)) return bytes;
  const facts = countText(bytes);
  if (facts.crlf === 0) return bytes;
  if (rule.kind === "auto" && (facts.looksBinary || hasCrlfText(indexed()))) return bytes;
  const result = new Uint8Array(bytes.length - facts.crlf);
  let at = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === 13 && bytes[i + 1] === 10) continue;
    result[at++] = bytes[i]!;
  }
  return result;
}

function hasCrlfText(bytes: Uint8Array | undefined): boolean {
  if (!bytes?.includes(13)) return false;
  const facts = countText(bytes);
  return !facts.looksBinary && facts.crlf > 0;
}

export function toWorkTreeBytes(bytes: Uint8Array, rule: LineEndRule): Uint8Array {
  if (rule.kind === "none" || !rule.checkoutCrlf || !bytes.includes(10)) return bytes;
  const facts = countText(bytes);
  if (facts.loneLf === 0) return bytes;
  if (rule.kind === "auto" && (facts.looksBinary || facts.loneCr > 0 || facts.crlf > 0)) return bytes;
  const result = new Uint8Array(bytes.length + facts.loneLf);
  let at = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === 10 && bytes[i - 1] !== 13) result[at++] = 13;
    result[at++] = bytes[i]!;
  }
  return result;
}

/** What git takes for binary in a diff: a NUL among the first 8,000 bytes. */
export function isBinary(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, 8000);
  for (let i = 0; i < end; i++) if (bytes[i] === 0) return true;
  return false;
}
