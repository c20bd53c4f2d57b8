/**
 * What the engine wrote down of the parts when it last looked at them: `.webrunner-parts.json`, beside `.installed.cfg`.
 * See `part_record.py` of the engine's layer.
 *
 * It is a file of a build, so it is read with suspicion: what is not of the expected shape counts as not there.
 */
export interface RecordedSection {
  readonly name: string;
  /** Options as the profile gave them, resolved; before the recipe was made. */
  readonly given: Readonly<Record<string, string>>;
  /** What the recipe set, in place of what was given or besides. */
  readonly set: Readonly<Record<string, string>>;
  readonly dropped: readonly string[];
  /** Section → its key among the recorded sections; empty where sections use each other. */
  readonly uses: Readonly<Record<string, string>>;
  /** Those of `uses` that the recipe looked at when it was made. */
  readonly lookedAt: readonly string[];
  /** Local file → SHA-256. */
  readonly files: Readonly<Record<string, string>>;
}

export interface RecordedEgg {
  readonly name: string;
  readonly version: string;
  /** Of a develop egg: its key in `developed`. */
  readonly sources?: string;
}

export interface RecordedPart {
  readonly section: string;
  readonly signature: string;
  readonly eggs: readonly RecordedEgg[];
}

export interface PartRecord {
  readonly engine: string;
  readonly buildout: Readonly<Record<string, string>>;
  readonly sections: Readonly<Record<string, RecordedSection>>;
  /** The installed one first, where a run was about to install another. */
  readonly parts: Readonly<Record<string, readonly RecordedPart[]>>;
  readonly developed: Readonly<
    Record<string, { readonly directory: string; readonly files: Readonly<Record<string, string>> }>
  >;
}

const FORMAT = 1;

export function parsePartRecord(text: string): PartRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isPartRecord(value) ? value : undefined;
}

type Check = (value: unknown) => boolean;
type Table = Readonly<Record<string, unknown>>;

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === "string";
const isOptionalText: Check = (value) => value === undefined || typeof value === "string";
const isTableOf =
  (check: Check): Check =>
  (value) =>
    isTable(value) && Object.values(value).every(check);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const has =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isTable(value) && Object.entries(fields).every(([name, check]) => check(value[name]));

const texts = isTableOf(isText);
const isSection = has({
  name: isText,
  given: texts,
  set: texts,
  dropped: isListOf(isText),
  uses: texts,
  lookedAt: isListOf(isText),
  files: texts,
});
const isPart = has({
  section: isText,
  signature: isText,
  eggs: isListOf(has({ name: isText, version: isText, sources: isOptionalText })),
});
const isRecord = has({
  format: (value) => value === FORMAT,
  engine: isText,
  buildout: texts,
  sections: isTableOf(isSection),
  parts: isTableOf(isListOf(isPart)),
  developed: isTableOf(has({ directory: isText, files: texts })),
});

function isPartRecord(value: unknown): value is PartRecord {
  return isRecord(value);
}
