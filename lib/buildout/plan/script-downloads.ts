/**
 * What code in options downloads, as far as it can be read: `self.download(…)` of slapos.recipe.build, whose arguments are
 * literals or options of the part; without any it is the part's `url` and `md5sum` (slapos.recipe.build 0.66).
 *
 * Reading never fails and executes nothing; what it cannot read makes `isWhole` false.
 */
export interface ScriptDownloads {
  readonly files: readonly { readonly url: string; readonly md5sum: string }[];
  /** False where the code also fetches what only running it tells. */
  readonly isWhole: boolean;
}

const CALL = /\bself\s*\.\s*download\s*\(/g;
/** The arguments of a call, each of the first three forms, and its end. */
const ARGUMENT =
  /\s*(?:(?:url|md5sum)\s*=\s*)?(?:[rbu]?'([^'\\\n]*)'|[rbu]?"([^"\\\n]*)"|(?:self\s*\.\s*)?options(?:\s*\[\s*|\s*\.\s*get\s*\(\s*)['"]([\w.-]+)['"]\s*[\])])\s*([,)])/y;
const EMPTY = /\s*\)/y;
const OTHER_WAYS = /\b(?:urlopen|urlretrieve)\s*\(|\brequests\s*\.\s*get\s*\(/;
/** Programs of a shell that fetch what they are told, or what a lock file of theirs says: what they are then told to do. */
const FETCH = /^(?:install|ci|get|fetch|download)$/;
const PROGRAMS: Readonly<Record<string, RegExp>> = {
  curl: /./,
  wget: /./,
  git: /^clone$/,
  ...Object.fromEntries(
    ["npm", "yarn", "pnpm", "pip", "pip3", "gem", "go", "cargo", "bundle", "composer", "bower"].map((name) => [
      name,
      FETCH,
    ]),
  ),
};
const OFFLINE = /^--(?:no-index|offline)$/;

export function readScriptDownloads(code: string, option: (name: string) => string): ScriptDownloads {
  const files: { url: string; md5sum: string }[] = [];
  const text = withoutComments(code);
  let isWhole = !OTHER_WAYS.test(text);
  for (const call of text.matchAll(CALL)) {
    const given = readArguments(text, call.index + call[0].length, option);
    if (given === undefined || given.length > 2) isWhole = false;
    else
      files.push({ url: given[0] ?? option("url"), md5sum: given.length === 0 ? option("md5sum") : (given[1] ?? "") });
  }
  return { files, isWhole };
}

/** Whether commands for a shell fetch something. */
export function downloadsByCommand(commands: string): boolean {
  return withoutComments(commands)
    .split(/[\n;&|()]/)
    .some(isFetch);
}

function isFetch(command: string): boolean {
  let told: RegExp | undefined;
  let fetches = false;
  for (const word of command.split(/\s+/)) {
    if (OFFLINE.test(word)) return false;
    if (told?.test(word)) fetches = true;
    const name = word.slice(word.lastIndexOf("/") + 1);
    if (Object.hasOwn(PROGRAMS, name)) told ??= PROGRAMS[name];
  }
  return fetches;
}

function readArguments(text: string, start: number, option: (name: string) => string): string[] | undefined {
  EMPTY.lastIndex = start;
  if (EMPTY.test(text)) return [];
  const found: string[] = [];
  ARGUMENT.lastIndex = start;
  for (let match = ARGUMENT.exec(text); match; match = ARGUMENT.exec(text)) {
    const [, single, double, named, end] = match;
    found.push(named === undefined ? (single ?? double)! : option(named));
    if (end === ")") return found;
    EMPTY.lastIndex = ARGUMENT.lastIndex;
    if (EMPTY.test(text)) return found;
  }
  return undefined;
}

function withoutComments(text: string): string {
  return text.replace(/^\s*#.*$/gm, "");
}
