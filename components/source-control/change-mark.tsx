import { classNames } from "@/components/ui/class-names";

type Letter = "M" | "A" | "D" | "R" | "T" | "U" | "?" | " ";

const WORDS: Readonly<Record<Letter, string>> = {
  M: "modified",
  A: "added",
  D: "deleted",
  R: "renamed",
  T: "type changed",
  U: "conflict",
  "?": "untracked",
  " ": "",
};
const COLOURS: Readonly<Record<Letter, string>> = {
  M: "text-warn",
  A: "text-good",
  D: "text-bad",
  R: "text-accent",
  T: "text-warn",
  U: "text-bad",
  "?": "text-good",
  " ": "",
};

/** One letter for what happened to a file, with the word for readers and in the tooltip. */
export function ChangeMark({ letter }: { readonly letter: Letter }) {
  return (
    <span
      data-tip={WORDS[letter]}
      className={classNames("w-4 shrink-0 text-center font-mono text-2xs font-semibold", COLOURS[letter])}
    >
      <span aria-hidden>{letter === "?" ? "U" : letter}</span>
      <span className="sr-only">{WORDS[letter]}</span>
    </span>
  );
}

const LETTERS = { added: "A", deleted: "D", modified: "M", renamed: "R", type: "T" } as const;

export const toLetter = (kind: keyof typeof LETTERS): Letter => LETTERS[kind];
