import { classNames } from "@/components/ui/class-names";

type Letter = "M" | "A" | "D" | "R" | "T" | "U" | "?" | " ";

export const CHANGE_WORDS: Readonly<Record<Letter, string>> = {
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

/** The colour of a file's or folder's name, as that of its letter. */
export const toMarkColour = (letter: Letter | undefined): string => (letter === undefined ? "" : COLOURS[letter]);

/** One letter for what happened to a file, with the word for readers and in the tooltip. */
export function ChangeMark({ letter }: { readonly letter: Letter }) {
  return (
    <span
      data-tip={CHANGE_WORDS[letter]}
      className={classNames("w-4 shrink-0 text-center font-mono text-2xs font-semibold", COLOURS[letter])}
    >
      <span aria-hidden>{letter === "?" ? "U" : letter}</span>
      <span className="sr-only">{CHANGE_WORDS[letter]}</span>
    </span>
  );
}

const LETTERS = { added: "A", deleted: "D", modified: "M", renamed: "R", type: "T" } as const;

export const toLetter = (kind: keyof typeof LETTERS): Letter => LETTERS[kind];
