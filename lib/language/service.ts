/**
 * The language service: editor answers over one workspace, in offsets and labels.
 *
 * Questions are answered from the texts that the port gives at that moment; nothing here waits, reads a disk or keeps
 * time. What needs the network or another program comes in through the ports, as promises.
 *
 * Invariant: an answer never throws for what a user wrote.
 */
import type { LineIndex, TextEdit, TextRange } from "@/lib/base/text-range";
import type {
  CallItem,
  CodeActionAnswer,
  CodeLensAnswer,
  CompletionItem,
  DescribedName,
  DocumentLinkAnswer,
  DocumentSymbolAnswer,
  FileEdit,
  FoldingAnswer,
  HoverAnswer,
  InlayHintAnswer,
  LanguageDiagnostic,
  Location,
  RenameAnswer,
  WorkspaceSymbolAnswer,
} from "./answers";
import type { EffectiveSection, ExtendsView, PlannedOrder } from "./features/profile-views";
import type { Token } from "./tokens/token";

/** Files of the workspace, with unsaved texts in place of those on disk. */
export interface LanguageFiles {
  /** Undefined when absent or not text. */
  read(path: string): string | undefined;
  /** As `read`, of a file that is only looked through: its text need not be kept. */
  peek?(path: string): string | undefined;
  kindOf(path: string): "file" | "directory" | undefined;
  list(directory: string): readonly { readonly name: string; readonly kind: "file" | "directory" }[];
  /** Every file that may be a profile, a template or a recipe. */
  all(): readonly string[];
  readonly roots: readonly string[];
}

/** MD5 of bytes: hex digest of a file's content as on disk or of the unsaved text; undefined when it cannot be read. */
export type FileDigest = (path: string) => string | undefined;

export interface PackageVulnerability {
  readonly id: string;
  readonly summary: string;
  readonly link: string;
  readonly fixedIn: readonly string[];
}

export interface PackageRelease {
  readonly exists: boolean;
  readonly latest: string | undefined;
  readonly versions: readonly string[];
  readonly vulnerabilities: readonly PackageVulnerability[];
}

/** The package index: undefined when it cannot be asked now, which is never the user's mistake. */
export interface PackageIndex {
  release(project: string, version: string): Promise<PackageRelease | undefined>;
  /** What is known already, without asking. */
  known(project: string, version?: string): PackageRelease | undefined;
  projectPage(project: string, version?: string): string;
}

export interface RemoteFiles {
  /** The text of a profile at an address, if it has been fetched. */
  text(url: string): string | undefined;
  /** MD5 of what is at an address. */
  digest(url: string): Promise<string | undefined>;
}

export interface LanguagePorts {
  readonly files: LanguageFiles;
  readonly digest: FileDigest;
  readonly packages: PackageIndex;
  readonly remote: RemoteFiles;
}

export interface PythonSnippet {
  readonly source: string;
  /** Offset in the document of each line of the source, and how many columns were cut off. */
  readonly lines: readonly { readonly offset: number }[];
  readonly path: string;
  /** Names that the place defines. */
  readonly builtins: readonly string[];
}

export interface LanguageService {
  /** A text changed, appeared or vanished: open, closed, edited or on disk. */
  fileChanged(path: string): void;
  /** Many may have changed. */
  allChanged(): void;
  /** Reads some more files ahead of questions about the whole workspace; false when all are read. */
  readAhead(count: number): boolean;
  textOf(path: string): { readonly text: string; readonly lineIndex: LineIndex } | undefined;
  /** Whether the analysis of one file looks at the other. */
  dependsOn(path: string, other: string): boolean;

  diagnostics(path: string): LanguageDiagnostic[];
  versionDiagnostics(path: string): Promise<LanguageDiagnostic[]>;
  pythonSnippets(path: string): PythonSnippet[];

  complete(path: string, offset: number): CompletionItem[];
  /** Markdown on what a completion item stands for. */
  describe(name: DescribedName): string | undefined;
  /** Asks the package index for the project whose version is being typed, so that `complete` has its versions. */
  prepareCompletion(path: string, offset: number): Promise<void>;
  /** Addresses of profiles that the file extends and that were not fetched. */
  missingUrls(path: string): readonly string[];
  hover(path: string, offset: number): HoverAnswer | undefined;
  definition(path: string, offset: number): Location[];
  references(path: string, offset: number, withDeclaration: boolean): Location[];
  highlights(path: string, offset: number): TextRange[];
  links(path: string): DocumentLinkAnswer[];
  symbols(path: string): DocumentSymbolAnswer[];
  workspaceSymbols(query: string): WorkspaceSymbolAnswer[];
  prepareRename(path: string, offset: number): { readonly range: TextRange; readonly name: string } | undefined;
  rename(path: string, offset: number, newName: string): RenameAnswer;
  codeActions(path: string, range: TextRange): CodeActionAnswer[];
  laterEdits(action: Readonly<Record<string, string>>): Promise<FileEdit[]>;
  tokens(path: string): Token[];
  inlayHints(path: string, range: TextRange): InlayHintAnswer[];
  lenses(path: string): CodeLensAnswer[];
  folding(path: string): FoldingAnswer[];
  selection(path: string, offset: number): TextRange[];
  format(path: string, range?: TextRange): TextEdit[];
  prepareCalls(path: string, offset: number): CallItem[];
  needs(item: CallItem): { readonly item: CallItem; readonly from: readonly TextRange[] }[];
  neededBy(item: CallItem): { readonly item: CallItem; readonly from: readonly TextRange[] }[];
  /** The profile as a whole; undefined for a file that is none. */
  effectiveSection(path: string, section: string): EffectiveSection | undefined;
  /** Profiles that extend this one and that nothing else extends. */
  tops(path: string): readonly string[];
  extendsView(path: string): ExtendsView | undefined;
  parts(path: string): readonly PlannedOrder[] | undefined;
  /** Edits that bring `md5sum` entries in step with the files they are of, after `path` was saved. */
  updateHashes(path: string): FileEdit[];
}
