"use client";
import { useEffect, useState } from "react";
import { MonacoPreload } from "@/components/editor/monaco-preload";
import { attachRunSignals } from "@/components/runs/run-signals";
import { type Disposable, toDisposable } from "@/lib/base/disposable";
import { replaceAddress } from "@/lib/client/address";
import { type ClientApp, createClientApp } from "@/lib/client/app";
import { claimWriterId, createIndexedDraftShelf, listLivingWriters } from "@/lib/client/draft-shelf";
import { keepTab } from "@/lib/client/editor-groups";
import { readStep } from "@/lib/client/guide";
import { findCommand } from "@/lib/client/keymap";
import { loadMonaco } from "@/lib/client/monaco/load-monaco";
import { readRunLink } from "@/lib/client/run-links";
import { AppContext } from "./app-context";
import { commandSets } from "./contributions";
import { Workbench } from "./workbench";
import { WorkbenchSkeleton } from "./workbench-skeleton";

// The editor is the largest part of the page: it is asked for before anything else happens.
if (typeof window !== "undefined") void loadMonaco().catch(() => undefined);

async function loadBuffers() {
  const [{ monaco }, { createTextBuffers }] = await Promise.all([
    loadMonaco(),
    import("@/lib/client/monaco/text-buffers"),
  ]);
  return createTextBuffers(monaco);
}

/** Makes the page's services, ties them to the window, and shows the workbench. */
export function WorkbenchPage() {
  const [app, setApp] = useState<ClientApp>();
  useEffect(() => {
    const made = createClientApp({
      storage: window.localStorage,
      fetch: window.fetch.bind(window),
      restart: () => window.location.assign("/"),
      workspace: {
        shelf: createIndexedDraftShelf(),
        claimWriter: () => claimWriterId(window.sessionStorage),
        listLivingWriters,
        loadBuffers,
      },
    });
    const registrations = commandSets.map((make) => made.commands.register(make(made)));
    const untie = tieToWindow(made);
    const detach = attachLanguageService(made);
    const unsignal = attachRunSignals(made);
    setApp(made);
    openDeepLink(made);
    void made.start().catch((error: unknown) => made.showError(error));
    return () => {
      untie();
      detach();
      unsignal();
      made.connection.stop();
      for (const registration of registrations) registration.dispose();
    };
  }, []);
  if (!app) {
    return (
      <>
        <WorkbenchSkeleton />
        <MonacoPreload />
      </>
    );
  }
  return (
    <AppContext value={app}>
      <Workbench />
    </AppContext>
  );
}

/** The language service comes after the editor, for which it waits anyway. */
function attachLanguageService(app: ClientApp): () => void {
  let attached: Disposable | undefined;
  let gone = false;
  const attach = async (): Promise<void> => {
    const client = app.language.getState();
    const workspace = app.workspace.getState();
    if (!client || !workspace) return;
    const [{ monaco }, { attachLanguage }, { attachGestureActions }, { attachRecipeLenses }] = await Promise.all([
      loadMonaco(),
      import("@/lib/client/monaco/language"),
      import("@/lib/client/monaco/gesture-actions"),
      import("@/lib/client/monaco/recipe-lenses"),
    ]);
    if (gone) return;
    const language = attachLanguage({ ...app, monaco, workspace }, client);
    const gestures = attachGestureActions({
      monaco,
      commands: app.commands,
      api: app.api,
      connection: app.connection,
      project: workspace.project,
    });
    const recipes = attachRecipeLenses({ ...app, monaco });
    attached = toDisposable(() => {
      recipes.dispose();
      gestures.dispose();
      language.dispose();
    });
  };
  const unsubscribe = app.language.subscribe(() => void attach().catch((error: unknown) => app.showError(error)));
  return () => {
    gone = true;
    unsubscribe();
    attached?.dispose();
  };
}

/** Keys, theme, leaving the page, and being signed out. Gives back what undoes it. */
function tieToWindow(app: ClientApp): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  const flush = () => void app.workspace.getState()?.drafts.flush(true);
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
      const command = findCommand(event);
      if (!command || !app.palette.closeAfter(() => app.commands.execute(command))) return;
      event.preventDefault();
      event.stopPropagation();
    },
    { signal, capture: true },
  );
  window.addEventListener(
    "beforeunload",
    (event) => {
      flush();
      const unkept = app.workspace.getState()?.documents.listUnkept() ?? [];
      if (unkept.length > 0) event.preventDefault();
    },
    { signal },
  );
  window.addEventListener("pagehide", flush, { signal });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flush(), { signal });
  // A drop beside every drop place must not make the browser leave the page for the file.
  window.addEventListener("dragover", (event) => event.preventDefault(), { signal });
  window.addEventListener("drop", (event) => event.preventDefault(), { signal });

  const applyTheme = () => {
    const { theme } = app.settings.getState();
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    void loadMonaco().then(
      (setup) => setup.applyTheme(),
      () => undefined,
    );
  };
  const unsubscribeTheme = app.settings.subscribe((settings, before) => {
    if (settings.theme !== before.theme) applyTheme();
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme, { signal });
  applyTheme();

  const unsubscribeSession = app.session.state.subscribe(({ status }) => {
    if (status !== "signed-out") return;
    const leave = () => window.location.assign("/login");
    const { drafts } = app.workspace.getState() ?? {};
    if (drafts) void drafts.flush(true).finally(leave);
    else leave();
  });
  void loadMonaco().then(
    ({ monaco }) => {
      if (signal.aborted) return;
      const opener = monaco.editor.registerEditorOpener({
        openCodeEditor(_source, resource, place) {
          if (resource.scheme !== "file") return false;
          const start =
            place && "startLineNumber" in place
              ? { line: place.startLineNumber, column: place.startColumn }
              : undefined;
          const position = place && "lineNumber" in place ? { line: place.lineNumber, column: place.column } : start;
          app.editors.openFile({ path: resource.path.slice(1), ...position });
          return true;
        },
      });
      signal.addEventListener("abort", () => opener.dispose());
    },
    () => undefined,
  );
  return () => {
    abort.abort();
    unsubscribeTheme();
    unsubscribeSession();
  };
}

/** `/?open=software/hello-web/software.cfg:12:3`, `/?run=20261128-101500-abc123&line=812` */
function openDeepLink(app: ClientApp): void {
  const url = new URL(window.location.href);
  if (url.pathname.startsWith("/tutorial/")) {
    app.commands.execute("tutorial.start", readStep(url.hash));
  }
  const run = readRunLink(url.searchParams);
  if (run) {
    void app.runControl.showPlace(run).catch((error: unknown) => app.showError(error));
    for (const name of ["run", "line", "part"]) url.searchParams.delete(name);
    replaceAddress(url);
  }
  const place = /^(.+?)(?::(\d+))?(?::(\d+))?$/.exec(url.searchParams.get("open") ?? "");
  if (!place?.[1]) return;
  app.editors.openFile({
    path: place[1],
    ...(place[2] ? { line: Number(place[2]) } : {}),
    ...(place[3] ? { column: Number(place[3]) } : {}),
  });
  app.editors.change((state) => keepTab(state, `file:${place[1]}`));
  url.searchParams.delete("open");
  replaceAddress(url);
}
