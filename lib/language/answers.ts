/**
 * What the language service answers: offsets and labels, no protocol's types.
 *
 * Paths are absolute POSIX paths, or addresses of profiles fetched from elsewhere.
 */
import type { TextEdit, TextRange } from "@/lib/base/text-range";

export interface Location {
  readonly path: string;
  readonly range: TextRange;
}

export type Severity = "error" | "warning" | "information" | "hint";

export interface RelatedPlace {
  readonly location: Location;
  readonly message: string;
}

export interface LanguageDiagnostic {
  readonly range: TextRange;
  readonly severity: Severity;
  /** Stable name of the kind, such as `reference/unknown-section`. */
  readonly code: string;
  readonly message: string;
  readonly source?: "buildout" | "recipe" | "pyflakes" | "pypi" | "jinja" | "slapos" | "json";
  readonly tags?: readonly ("unnecessary" | "deprecated")[];
  readonly related?: readonly RelatedPlace[];
  /** Address of an explanation. */
  readonly href?: string;
  /** What a quick fix needs to know. */
  readonly data?: Readonly<Record<string, string>>;
}

export type CompletionKind =
  | "section"
  | "option"
  | "recipe"
  | "value"
  | "file"
  | "folder"
  | "version"
  | "variable"
  | "snippet";

/** A section, or one of its options, as a profile with all that it extends has it. */
export interface DescribedName {
  readonly path: string;
  readonly section: string;
  readonly option?: string;
}

export interface CompletionItem {
  readonly label: string;
  readonly kind: CompletionKind;
  readonly edit: TextEdit;
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** What `describe` tells of when the item is looked at: putting it together for all of them would take too long. */
  readonly described?: DescribedName;
  readonly filterText?: string;
  readonly sortText?: string;
  readonly deprecated?: boolean;
  readonly alsoEdits?: readonly TextEdit[];
  /** Complete again when accepted: the reference's option comes next. */
  readonly triggersNext?: boolean;
}

export interface HoverAnswer {
  readonly range: TextRange;
  readonly markdown: string;
}

export interface DocumentSymbolAnswer {
  readonly name: string;
  readonly detail: string;
  readonly kind: "section" | "option";
  readonly range: TextRange;
  readonly selection: TextRange;
  readonly children: readonly DocumentSymbolAnswer[];
}

export interface WorkspaceSymbolAnswer {
  readonly name: string;
  readonly kind: "section" | "part" | "file";
  readonly container: string;
  readonly location: Location;
}

export interface DocumentLinkAnswer {
  readonly range: TextRange;
  readonly target: string;
  readonly tooltip?: string;
}

export interface FileEdit {
  readonly path: string;
  readonly edits: readonly TextEdit[];
}

export interface CodeActionAnswer {
  readonly title: string;
  readonly kind: "quickfix" | "refactor.rewrite" | "refactor.extract" | "source.fixAll" | "source";
  readonly preferred?: boolean;
  readonly edits?: readonly FileEdit[];
  readonly show?: string;
  /** Codes of the diagnostics that it mends. */
  readonly mends?: readonly string[];
  /** The edit is made when the action is chosen, by this key. */
  readonly later?: Readonly<Record<string, string>>;
}

export interface InlayHintAnswer {
  readonly offset: number;
  readonly label: string;
  readonly tooltip?: string;
}

export interface CodeLensAnswer {
  readonly range: TextRange;
  readonly title: string;
  readonly command:
    | { readonly name: "references"; readonly at: Location; readonly locations: readonly Location[] }
    | { readonly name: "open"; readonly location: Location }
    | { readonly name: "run-part"; readonly path: string; readonly part: string }
    | { readonly name: "none" };
}

export interface FoldingAnswer {
  readonly startLine: number;
  readonly endLine: number;
  readonly kind?: "comment" | "region";
}

export interface CallItem {
  readonly name: string;
  readonly detail: string;
  readonly location: Location;
  readonly range: TextRange;
  /** The profile whose part it is. */
  readonly profile: string;
}

export type RenameAnswer =
  | { readonly edits: readonly FileEdit[]; readonly refused?: undefined }
  | { readonly refused: string };
