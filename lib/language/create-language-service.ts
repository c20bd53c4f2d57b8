/** Puts the features together over one analysis. */
import { createLineIndex } from "@/lib/base/text-range";
import { codeActionsAt, md5sumEdit } from "./actions/code-actions";
import { addLines, appendSection } from "./actions/document-edits";
import { hashEdits } from "./actions/hash-autopilot";
import { createAnalysis } from "./analysis/analysis";
import type { FileEdit, LanguageDiagnostic } from "./answers";
import { contextDiagnostics } from "./diagnostics/context-diagnostics";
import { hashDiagnostics } from "./diagnostics/hash-diagnostics";
import { overrideDiagnostics } from "./diagnostics/override-diagnostics";
import { recipeDiagnostics } from "./diagnostics/recipe-diagnostics";
import { recipeHackDiagnostics } from "./diagnostics/recipe-hack";
import { referenceDiagnostics } from "./diagnostics/reference-diagnostics";
import {
  cycleDiagnostics,
  duplicateDiagnostics,
  extendsDiagnostics,
  loadDiagnostics,
  macroDiagnostics,
  partDiagnostics,
  syntaxDiagnostics,
} from "./diagnostics/structure-diagnostics";
import { unusedExtends } from "./diagnostics/unused-extends";
import { pinnedVersions, publishedVersion, versionDiagnostics } from "./diagnostics/version-diagnostics";
import type { ProfileDocument } from "./document/profile-document";
import { neededByItem, needsOfItem, prepareCallsAt } from "./features/calls";
import { completeAt } from "./features/completion";
import { definitionAt } from "./features/definition";
import { formatDocument } from "./features/format";
import { inlayHintsIn, lensesOf } from "./features/hints";
import { hoverAt } from "./features/hover";
import { linksOf } from "./features/links";
import { effectiveSectionOf, extendsViewOf, partsOf, topsOf } from "./features/profile-views";
import { embeddedLanguage, pythonSnippetsOf } from "./features/python-snippets";
import { highlightsAt, prepareRenameAt, referencesAt, renameAt } from "./features/references";
import { describeName } from "./features/section-summary";
import { foldingOf, selectionAt, symbolsOf } from "./features/structure";
import { findWorkspaceSymbols } from "./features/workspace-symbols";
import { createJsonService } from "./json/json-service";
import { parameterDiagnostics } from "./parameters/parameter-features";
import type { LanguagePorts, LanguageService } from "./service";
import { documentTokens } from "./tokens/document-tokens";

export function createLanguageService(ports: LanguagePorts): LanguageService {
  const { files, digest, packages, remote } = ports;
  const analysis = createAnalysis(files, remote.text);
  const json = createJsonService(analysis);

  const withDocument = <T>(path: string, otherwise: T, work: (document: ProfileDocument) => T): T => {
    const document = analysis.document(path);
    return document ? work(document) : otherwise;
  };

  const diagnose = (document: ProfileDocument): LanguageDiagnostic[] => {
    if (json.handles(document.path)) return json.diagnostics(document.path);
    if (document.levels === "text") {
      return [...referenceDiagnostics(analysis, document), ...parameterDiagnostics(analysis, document)];
    }
    const view = analysis.view(document.path);
    if (!view) return [...syntaxDiagnostics(analysis, document), ...recipeHackDiagnostics(document.text)];
    return [
      ...syntaxDiagnostics(analysis, document),
      ...recipeHackDiagnostics(document.text),
      ...extendsDiagnostics(document, view),
      ...loadDiagnostics(document, view),
      ...partDiagnostics(analysis, document, view),
      ...cycleDiagnostics(document, view),
      ...macroDiagnostics(analysis, document, view),
      ...referenceDiagnostics(analysis, document),
      ...contextDiagnostics(analysis, document, view),
      ...recipeDiagnostics(analysis, document, view),
      ...duplicateDiagnostics(document),
      ...overrideDiagnostics(document, view),
      ...hashDiagnostics(analysis, document, view, digest),
      ...unusedExtends(analysis, document, view),
      ...parameterDiagnostics(analysis, document),
    ];
  };

  return {
    fileChanged: (path) => analysis.invalidate(path),
    allChanged: () => analysis.invalidateAll(),
    readAhead: (count) => analysis.readAhead(count),
    textOf(path) {
      const document = analysis.document(path);
      if (document) return document;
      const text = files.read(path);
      return text === undefined ? undefined : { text, lineIndex: createLineIndex(text) };
    },
    dependsOn(path, other) {
      if (path === other) return true;
      const document = analysis.document(path);
      if (!document || document.levels === "text" || document.levels === "two-level") return true;
      return analysis.view(path)?.configuration.paths.has(other) ?? false;
    },

    diagnostics: (path) => withDocument(path, [], diagnose),
    versionDiagnostics: (path) =>
      withDocument(path, Promise.resolve([]), (document) =>
        document.levels === "text" ? Promise.resolve([]) : versionDiagnostics(analysis, document, packages),
      ),
    pythonSnippets: (path) => withDocument(path, [], (document) => pythonSnippetsOf(analysis, document)),

    complete: (path, offset) =>
      json.handles(path)
        ? json.complete(path, offset)
        : withDocument(path, [], (document) => completeAt(analysis, document, offset, packages)),
    describe: (name) => describeName(analysis, name),
    async prepareCompletion(path, offset) {
      const document = analysis.document(path);
      const option = document?.optionAt(offset);
      if (!document || !option?.section || document.levels === "text") return;
      const view = analysis.view(path);
      if (option.section.name !== (view?.option("buildout", "versions")?.value.trim() || "versions")) return;
      const pin = pinnedVersions(analysis, document).find((candidate) => candidate.option === option);
      await packages.release(option.name, pin ? publishedVersion(pin.version) : "0");
    },
    missingUrls: (path) => (analysis.document(path)?.levels === "text" ? [] : analysis.missingUrls(path)),
    hover: (path, offset) =>
      json.handles(path)
        ? json.hover(path, offset)
        : withDocument(path, undefined, (document) => hoverAt(analysis, document, offset)),
    definition: (path, offset) =>
      json.handles(path)
        ? json.definition(path, offset)
        : withDocument(path, [], (document) => definitionAt(analysis, document, offset)),
    references: (path, offset, withDeclaration) =>
      json.handles(path)
        ? json.references(path, offset)
        : withDocument(path, [], (document) => referencesAt(analysis, document, offset, withDeclaration)),
    highlights: (path, offset) => withDocument(path, [], (document) => highlightsAt(analysis, document, offset)),
    links: (path) =>
      json.handles(path) ? json.links(path) : withDocument(path, [], (document) => linksOf(analysis, document)),
    symbols: (path) =>
      json.handles(path) ? json.symbols(path) : withDocument(path, [], (document) => symbolsOf(analysis, document)),
    workspaceSymbols: (query) => findWorkspaceSymbols(analysis, query),
    prepareRename: (path, offset) =>
      withDocument(path, undefined, (document) => prepareRenameAt(analysis, document, offset)),
    rename: (path, offset, newName) =>
      withDocument(path, { refused: "There is no such file." } as const, (document) =>
        renameAt(analysis, document, offset, newName),
      ),
    codeActions: (path, range) =>
      json.handles(path)
        ? json.codeActions(path, range)
        : withDocument(path, [], (document) =>
            codeActionsAt({ analysis, document, digest, packages }, range, diagnose(document)),
          ),
    async laterEdits(action) {
      const document = action.path === undefined ? undefined : analysis.document(action.path);
      if (!document) return [];
      const edits: FileEdit["edits"][number][] = [];
      if (action.kind === "md5sum" && action.url) {
        const value = await remote.digest(action.url);
        const now = analysis.document(document.path);
        const section = now?.sections.find((one) => one.name === action.section && one.start === Number(action.start));
        const md5sum = section?.options.findLast((option) => option.name === "md5sum");
        const edit = value && section && now ? md5sumEdit(now, section, md5sum, value) : undefined;
        if (edit) edits.push(edit);
      } else if (action.kind === "pin" && action.project && action.section) {
        const release = await packages.release(action.project, "0");
        const now = analysis.document(document.path);
        const line = release?.latest && `${action.project} = ${release.latest}`;
        const section = now?.sectionsNamed(action.section).at(-1);
        if (line && now)
          edits.push(section ? addLines(now, section, [line]) : appendSection(now, action.section, [line]));
      }
      return edits.length > 0 ? [{ path: document.path, edits }] : [];
    },
    tokens: (path) =>
      withDocument(path, [], (document) =>
        documentTokens(document, (option) => embeddedLanguage(analysis, document, option)),
      ),
    inlayHints: (path, range) => withDocument(path, [], (document) => inlayHintsIn(analysis, document, range)),
    lenses: (path) => withDocument(path, [], (document) => lensesOf(analysis, document)),
    folding: (path) => (json.handles(path) ? json.folding(path) : withDocument(path, [], foldingOf)),
    selection: (path, offset) =>
      json.handles(path)
        ? json.selection(path, offset)
        : withDocument(path, [], (document) => selectionAt(document, offset)),
    format: (path, range) => withDocument(path, [], (document) => formatDocument(document, range)),
    prepareCalls: (path, offset) => withDocument(path, [], (document) => prepareCallsAt(analysis, document, offset)),
    needs: (item) => needsOfItem(analysis, item),
    neededBy: (item) => neededByItem(analysis, item),
    effectiveSection: (path, section) => effectiveSectionOf(analysis, path, section),
    tops: (path) => withDocument(path, [], () => topsOf(analysis, path)),
    extendsView: (path) => extendsViewOf(analysis, path),
    parts: (path) => partsOf(analysis, path),
    updateHashes: (path) => hashEdits(analysis, path, digest),
  };
}
