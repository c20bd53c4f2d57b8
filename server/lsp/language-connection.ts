/**
 * The language service behind the protocol: one client, one workspace.
 *
 * A request that fails is an error answer to that request; the connection and the other documents live on. Diagnostics
 * are pushed: of the changed document first, then of the open ones that read it; what the package index and Python say
 * is added when it comes and never waited for.
 */

import type { Connection, InitializeParams, InitializeResult } from "vscode-languageserver";
import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  TextDocumentSyncKind,
} from "vscode-languageserver-protocol";
import { createLineIndex } from "@/lib/base/text-range";
import { isUrl } from "@/lib/buildout";
import { createLanguageService } from "@/lib/language/create-language-service";
import type { LanguageService } from "@/lib/language/service";
import { TOKEN_TYPES } from "@/lib/language/tokens/token";
import type { LanguageEnvironment, LanguageSettings } from "@/server/language/language-environment";
import { createDiagnosticsPublisher } from "./diagnostics-publisher";
import { registerFeatures } from "./feature-handlers";
import { createOpenDocuments } from "./open-documents";
import { choosePositionEncoding, createPositionConverter, type PositionConverter } from "./positions";
import { registerProfileViews } from "./profile-view-handlers";
import { type ProtocolContext, toWorkspaceEdit } from "./to-protocol";
import { createUriSpelling, uriToPath } from "./uris";

export interface LanguageSession {
  readonly service: LanguageService;
  readonly context: ProtocolContext;
  readonly settings: LanguageSettings;
  toPath(uri: string): string;
  /** Waits, within limits, for profiles that the file extends from the web. */
  ready(path: string): Promise<void>;
}

/** After the first documents are opened and answered; then in slices of a few milliseconds. */
const AHEAD_START_MS = 1_000;
const AHEAD_FILES = 40;
const AHEAD_PAUSE_MS = 15;

/** How far profiles from the web are followed. */
const MAX_WEB_DEPTH = 8;

const EMPTY = { text: "", lineIndex: createLineIndex("") };

function rootsOf(params: InitializeParams): string[] {
  const uris = params.workspaceFolders?.map((folder) => folder.uri) ?? (params.rootUri ? [params.rootUri] : []);
  const paths = uris.map(uriToPath);
  if (paths.length === 0 && params.rootPath) paths.push(params.rootPath);
  return paths.map((path) => (path.length > 1 ? path.replace(/\/+$/, "") : path));
}

export function serveLanguage(connection: Connection, environment: LanguageEnvironment): void {
  let positions: PositionConverter = createPositionConverter("utf-16");
  const uris = createUriSpelling();
  const documents = createOpenDocuments(() => positions);
  const settings: LanguageSettings = { ...environment.settings };
  let canConfigure = false;
  let canWatch = false;
  let canRegisterConfiguration = false;

  connection.onInitialize((params): InitializeResult => {
    const { workspace } = params.capabilities;
    canConfigure = workspace?.configuration === true;
    canWatch = workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    canRegisterConfiguration = workspace?.didChangeConfiguration?.dynamicRegistration === true;
    const encoding = choosePositionEncoding(params.capabilities.general?.positionEncodings);
    positions = createPositionConverter(encoding);
    const options = (params.initializationOptions ?? {}) as Partial<LanguageSettings>;
    if (typeof options.pypiUrl === "string") settings.pypiUrl = options.pypiUrl;
    if (typeof options.pythonPath === "string") settings.pythonPath = options.pythonPath;

    const roots = rootsOf(params);
    const ports = environment.open(roots, (path) => documents.find(path)?.text, settings);
    const service = createLanguageService(ports);
    const context: ProtocolContext = {
      get positions() {
        return positions;
      },
      toUri: uris.toUri,
      source: (path) => documents.find(path) ?? service.textOf(path) ?? EMPTY,
      version: (path) => documents.find(path)?.version ?? null,
    };
    const publisher = createDiagnosticsPublisher({ connection, service, context, documents, lint: ports.lint });
    const readAhead = (): void => {
      if (service.readAhead(AHEAD_FILES)) ahead = setTimeout(readAhead, AHEAD_PAUSE_MS);
    };
    let ahead: NodeJS.Timeout = setTimeout(readAhead, AHEAD_START_MS);
    connection.onShutdown(() => clearTimeout(ahead));
    const ready = async (path: string): Promise<void> => {
      // A profile from the web may extend others that are there.
      for (let depth = 0; depth < MAX_WEB_DEPTH; depth++) {
        const urls = service.missingUrls(path).filter(isUrl);
        if (urls.length === 0 || !(await ports.fetchProfiles(urls))) return;
        for (const url of urls) service.fileChanged(url);
        publisher.changed(path);
      }
    };
    const session: LanguageSession = { service, context, settings, toPath: uris.toPath, ready };

    connection.onDidOpenTextDocument(({ textDocument: { uri, version, text } }) => {
      const path = uris.toPath(uri);
      documents.open(path, uri, version, text);
      service.fileChanged(path);
      publisher.changed(path);
      void ready(path);
    });
    connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
      const path = uris.toPath(uri);
      if (!documents.change(path, version, contentChanges)) return;
      service.fileChanged(path);
      publisher.changed(path);
    });
    connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
      const path = uris.toPath(uri);
      documents.close(path);
      ports.texts.forget(path);
      service.fileChanged(path);
      publisher.closed(path, uri);
      uris.forget(path);
    });
    connection.onDidSaveTextDocument(({ textDocument: { uri } }) => {
      const path = uris.toPath(uri);
      ports.texts.forget(path);
      publisher.changed(path);
      if (!settings.hashOnSave) return;
      const edits = service.updateHashes(path).filter((file) => file.path !== path);
      if (edits.length > 0) {
        void connection.workspace.applyEdit({ label: "Update md5sum", edit: toWorkspaceEdit(context, edits) });
      }
    });
    connection.onDidChangeWatchedFiles(({ changes }) => {
      for (const { uri, type } of changes) {
        const path = uris.toPath(uri);
        if (/\/(?:\.git|node_modules|__pycache__)\//.test(path)) continue;
        ports.texts.forget(path);
        if (documents.find(path) && type !== FileChangeType.Deleted) continue;
        service.fileChanged(path);
        publisher.changed(path);
      }
    });
    registerFeatures(connection, session);
    registerProfileViews(connection, session, roots);
    return { capabilities: capabilitiesFor(encoding), serverInfo: { name: "webrunner", version: environment.version } };
  });

  const readSettings = async (): Promise<void> => {
    const answer = (await connection.workspace.getConfiguration("buildout")) as Partial<LanguageSettings> | null;
    if (typeof answer?.pypiUrl === "string") settings.pypiUrl = answer.pypiUrl;
    if (typeof answer?.pythonPath === "string") settings.pythonPath = answer.pythonPath;
    if (typeof answer?.hashOnSave === "boolean") settings.hashOnSave = answer.hashOnSave;
  };
  connection.onInitialized(() => {
    if (canConfigure) void readSettings().catch(() => connection.console.warn("The client's settings cannot be read."));
    if (canRegisterConfiguration)
      void connection.client.register(DidChangeConfigurationNotification.type, { section: "buildout" });
    if (canWatch) {
      void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: "**/*" }] });
    }
  });
  connection.onDidChangeConfiguration(() => {
    if (canConfigure) void readSettings().catch(() => connection.console.warn("The client's settings cannot be read."));
  });
}

const COMMANDS = ["webrunner.open", "webrunner.showDocument", "webrunner.showReferences", "webrunner.updateHashes"];

function capabilitiesFor(encoding: string): InitializeResult["capabilities"] {
  return {
    positionEncoding: encoding,
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
    completionProvider: { triggerCharacters: ["{", ":", "=", "/", "<", " ", "."], resolveProvider: true },
    hoverProvider: true,
    definitionProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    documentSymbolProvider: true,
    workspaceSymbolProvider: true,
    documentLinkProvider: { resolveProvider: false },
    renameProvider: { prepareProvider: true },
    codeActionProvider: {
      codeActionKinds: ["quickfix", "refactor.rewrite", "source"],
      resolveProvider: true,
    },
    semanticTokensProvider: { legend: { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [] }, full: true, range: false },
    inlayHintProvider: true,
    codeLensProvider: { resolveProvider: false },
    foldingRangeProvider: true,
    selectionRangeProvider: true,
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
    callHierarchyProvider: true,
    executeCommandProvider: { commands: COMMANDS },
    workspace: { workspaceFolders: { supported: true } },
  };
}
