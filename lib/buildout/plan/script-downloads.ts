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
/** Programs of a shell that fetch what they are told, or what a lock file of theirs says. */
const COMMANDS =
  /(?:^|[\s;&|(/])(?:curl|wget)\s|(?:^|[\s;&|(/])(?:npm|yarn|pnpm|pip3?|gem|go|cargo|bundle|composer|bower)\s+(?:[^\n;&|]*\s)?(?:install|ci|get|fetch|download)\b|(?:^|[\s;&|(/])git\s+(?:[^\n;&|]*\s)?clone\b/m;

export function readScriptDownloads(code: string, option: (name: string) => string): ScriptDownloads {
  const files: { url: string; md5sum: string }[] = [];
  let isWhole = !OTHER_WAYS.test(withoutComments(code));
  const text = withoutComments(code);
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
  return COMMANDS.test(withoutComments(commands));
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
