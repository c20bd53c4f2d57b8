/**
 * Generates sets of profiles that extend each other, rich in what buildout does specially.
 */
import fc from "fast-check";

const SECTIONS = ["a", "b", "c", "buildout", "versions"] as const;
const OPTIONS = ["x", "y", "zz", "parts", "recipe"] as const;
const FILES = ["top.cfg", "one.cfg", "two.cfg", "three.cfg", "four.cfg"] as const;

const word = fc.constantFrom("1", "2", "text", "more text", "$", "$$", "$${a:x}", "-", "# no comment", "é");
const reference = fc
  .tuple(fc.constantFrom("", ...SECTIONS, "missing"), fc.constantFrom(...OPTIONS, "missing", "_buildout_section_name_"))
  .map(([section, option]) => `\${${section}:${option}}`);
const piece = fc.oneof(
  { weight: 4, arbitrary: word },
  { weight: 2, arbitrary: reference },
  fc.constantFrom("${", "${a}", "${a:b:c}", "${a:x y}"),
);
const line = fc.array(piece, { minLength: 0, maxLength: 3 }).map((pieces) => pieces.join(""));
const indent = fc.constantFrom("  ", "    ", "\t", " \t ", "\f ");
const value = fc.oneof(
  { weight: 3, arbitrary: line },
  fc
    .tuple(line, fc.array(fc.tuple(indent, line), { maxLength: 3 }))
    .map(([first, rest]) => [first, ...rest.map(([margin, text]) => margin + text)].join("\n")),
);
const operator = fc.constantFrom("=", " = ", " += ", "+= ", " -= ", " = ", " =", "\t+=");
const option = fc
  .tuple(fc.constantFrom(...OPTIONS), operator, value)
  .map(([name, sign, text]) => `${name}${sign}${text}`);
const macro = fc
  .array(fc.constantFrom("a", "b", "c", "buildout", "missing"), { minLength: 1, maxLength: 2 })
  .map((names) => `<= ${names.join("\n  ")}`);
const harmless = fc.constantFrom("# comment", "", "   ", "; comment", "=> a", "# [a]");
const broken = fc.constantFrom("no option", "x y = 1", "[broken", "z+=1", "zz- = 1");
const entry = fc.oneof(
  { weight: 90, arbitrary: option },
  { weight: 12, arbitrary: macro },
  { weight: 8, arbitrary: harmless },
  { weight: 1, arbitrary: broken },
);
const condition = fc.constantFrom(
  "",
  "",
  "",
  "",
  "",
  ": True",
  ":python2",
  ": not python2",
  ": sys.version_info > (3, 1)",
  ': os_name == "posix"',
);
const section = fc
  .tuple(fc.constantFrom(...SECTIONS), condition, fc.array(entry, { maxLength: 4 }))
  .map(([name, test, entries]) => [`[${name}${test}]`, ...entries].join("\n"));

function profile(index: number): fc.Arbitrary<string> {
  const later = FILES.slice(index + 1);
  const extended =
    later.length === 0
      ? fc.constant("")
      : fc
          .subarray([...later], { maxLength: Math.min(3, later.length) })
          .map((names) => (names.length > 0 ? `[buildout]\nextends = ${names.join("\n  ")}\n` : ""));
  return fc
    .tuple(extended, fc.array(section, { minLength: 1, maxLength: 4 }), fc.constantFrom("\n", "\n", "\r\n"))
    .map(([head, sections, lineEnd]) => `${head}${sections.join("\n")}\n`.replaceAll("\n", lineEnd));
}

/** The first file is the profile; files extend only those after them, over several ways. */
export const profileSet: fc.Arbitrary<Record<string, string>> = fc
  .tuple(...FILES.map((_, index) => profile(index)))
  .map((texts) => Object.fromEntries(texts.map((text, index) => [FILES[index]!, text])));
