/**
 * A run in one file for somebody else: everything that explains it, with secrets taken out.
 *
 * What is known as a secret in this project and what looks like one is replaced in every file, the log as it streams.
 * The log is read twice: an archive says the size of a file before the file. Invariant: nothing goes into the
 * archive that has not gone through the redactor.
 */
import { createRedactor, isSecretName, REDACTED, redactText } from "@/lib/logs/redaction";
import type { RunInfo } from "@/lib/protocol";
import type { Files } from "@/server/platform/files";
import { type TarEntry, writeTarGz } from "@/server/platform/tar-gz";
import { readLogBytes } from "./log-reader";

export interface BundleFile {
  readonly name: string;
  /** A text, or a value that is written as JSON. */
  readonly content: unknown;
}

export interface RunBundleOptions {
  readonly files: Files;
  readonly run: RunInfo;
  readonly log: { readonly path: string; readonly sizeBytes: number };
  /** What there is beside the log; undefined contents are left out. */
  readonly parts: readonly BundleFile[];
  /** Values that are known to be secret. */
  readonly secrets: readonly string[];
  readonly now: number;
}

export function writeRunBundle(options: RunBundleOptions): AsyncIterable<Uint8Array> {
  return writeTarGz(listEntries(options));
}

async function* listEntries({ files, run, log, parts, secrets, now }: RunBundleOptions): AsyncIterable<TarEntry> {
  const folder = `run-${run.id}`;
  const given = parts.filter(({ content }) => content !== undefined);
  const toEntry = (name: string, content: string): TarEntry => {
    const bytes = Buffer.from(content);
    return { name: `${folder}/${name}`, sizeBytes: bytes.length, modifiedMs: now, content: bytes };
  };
  yield toEntry("README.txt", describeBundle(run, [...given.map(({ name }) => name), "log.txt"]));
  yield toEntry("run.json", toRedactedJson(run, secrets));
  for (const { name, content } of given) {
    yield toEntry(name, typeof content === "string" ? redactText(content, secrets) : toRedactedJson(content, secrets));
  }
  let sizeBytes = 0;
  for await (const bytes of redactLog(files, log, secrets)) sizeBytes += bytes.length;
  const content = redactLog(files, log, secrets);
  yield { name: `${folder}/log.txt`, sizeBytes, modifiedMs: now, content };
}

/** The log up to the size that it had when the bundle was asked for. */
async function* redactLog(
  files: Files,
  log: RunBundleOptions["log"],
  secrets: readonly string[],
): AsyncIterable<Uint8Array> {
  const redactor = createRedactor(secrets);
  for await (const bytes of readLogBytes(files, log.path, 0, log.sizeBytes)) {
    const given = redactor.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"));
    if (given !== "") yield Buffer.from(given, "latin1");
    // Others have their turn between two pieces.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const rest = redactor.end();
  if (rest !== "") yield Buffer.from(rest, "latin1");
}

/** Names decide in a value that is taken apart; what a text holds is looked at like any text. */
export function toRedactedJson(value: unknown, secrets: readonly string[]): string {
  const clean = (given: unknown, name: string): unknown => {
    if (typeof given === "string") return isSecretName(name) && given !== "" ? REDACTED : redactText(given, secrets);
    if (Array.isArray(given)) return given.map((item) => clean(item, name));
    if (typeof given === "object" && given !== null) {
      return Object.fromEntries(Object.entries(given).map(([key, item]) => [key, clean(item, key)]));
    }
    return given;
  };
  return `${JSON.stringify(clean(value, ""), undefined, 2)}\n`;
}

/** Values of a table that are secret by their name, and passwords in its addresses. */
export function findSecrets(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (typeof value === "object" && value !== null) return findSecrets(value as Record<string, unknown>);
    if (typeof value !== "string") return [];
    const password = /^[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:([^\s/@]+)@/i.exec(value)?.[1];
    return [...(isSecretName(name) ? [value] : []), ...(password === undefined ? [] : [password, decode(password)])];
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // It holds a % that encodes nothing.
  }
}

function describeBundle(run: RunInfo, names: readonly string[]): string {
  return [
    `Run ${run.id}: ${run.kind} of ${run.profile}, ${run.state}`,
    "",
    `Files: ${names.join(", ")}.`,
    "",
    `Values that are known as secrets, and what looks like one, are replaced by ${REDACTED}. Nobody can know every secret`,
    "by its look: read log.txt before you give it away.",
    "",
  ].join("\n");
}
