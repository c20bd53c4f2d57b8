/**
 * The signature that SlapOS's own zc.buildout writes for each part: the eggs of its recipe, then `section:MD5` of each
 * section that its options name or its recipe looked at. A part's own signature counts among its options there, so a
 * change goes on to all that use the part. (`_compute_part_signatures`, tried with zc.buildout 2.5.2+slapos010.)
 *
 * Parsing never fails: of another buildout's signature there are no sections.
 */
export interface SlaposSignature {
  readonly eggs: readonly { readonly name: string; readonly version: string }[];
  /** Section → MD5 of its options. */
  readonly sections: ReadonlyMap<string, string>;
}

const EGG = /^(.+?)-([^-]+)-py\d[\w.]*(?:-.*)?\.egg$/;
const SECTION = /^(.*):([0-9a-f]{32})$/;

export function parseSlaposSignature(signature: string): SlaposSignature {
  const eggs: { name: string; version: string }[] = [];
  const sections = new Map<string, string>();
  /** Names of sections may have spaces, which end with the word that has the sum. */
  let begun = "";
  for (const word of signature.split(" ")) {
    const egg = sections.size === 0 && begun === "" ? EGG.exec(word) : null;
    const section = SECTION.exec(begun + word);
    if (egg) eggs.push({ name: egg[1]!, version: egg[2]! });
    else if (section) sections.set(section[1]!, section[2]!);
    if (section || egg || /-[0-9a-f]{32}$/.test(word)) begun = "";
    else begun += `${word} `;
  }
  return { eggs, sections };
}

/** What the sum of a section's options is made of: Python's `repr` of each name and value, in their order. */
export function toSignedText(options: ReadonlyMap<string, string>): string {
  return [...options]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${toPythonText(name)}\0${toPythonText(value)}\0`)
    .join("");
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** `repr` of a text: what cannot be printed is escaped, and the quote is `'` unless only that is in it. */
function toPythonText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\\n\r\t']|[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, (character) => {
    if (character === "'") return quote === "'" ? "\\'" : character;
    const known = ESCAPES[character];
    if (known !== undefined) return known;
    const code = character.codePointAt(0)!.toString(16);
    if (code.length <= 2) return `\\x${code.padStart(2, "0")}`;
    return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
  });
  return `${quote}${escaped}${quote}`;
}
