"use client";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeError } from "@/lib/client/describe-error";
import { getProjectId } from "@/lib/client/project-store";
import type { GestureIntent, GestureProposal, SourceDownload } from "@/lib/protocol/gestures";
import { CommitStep } from "./commit-step";
import { answerOf, ProposalView } from "./proposal-view";
import { useProposal } from "./use-proposal";

const ARCHIVE = /\.(?:tar(?:\.[a-z0-9]+)?|t[abgx]z2?|zip)$/i;

/** A component from the address of its tarball, or from one in the workspace; its md5sum is computed on the way. */
export function NewComponentDialog({ path, onClose }: { readonly path?: string; readonly onClose: () => void }) {
  const app = useApp();
  const archives = useArchives();
  const { releases } = useValue(app.project.state);
  const [source, setSource] = useState(path !== undefined && ARCHIVE.test(path) ? path : "");
  const [typedName, setName] = useState<string>();
  const [configure, setConfigure] = useState("");
  const [into, setInto] = useState("");
  const [download, setDownload] = useState<SourceDownload>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<GestureProposal>();
  const isUrl = /^https?:\/\//i.test(source.trim());
  const isFetched = download?.state === "succeeded" && download.url === source.trim();
  const isFetching = download?.state === "running";
  const name = typedName ?? (isFetched ? download.name : undefined) ?? guessName(source);

  const fetchSource = async (): Promise<void> => {
    setProblem(undefined);
    const params = { project: getProjectId(app.project) };
    try {
      let state = await app.api.downloadSource({ params, body: { url: source.trim() } });
      setDownload(state);
      while (state.state === "running") {
        state = await app.api.readSourceDownload({
          params: { ...params, download: state.id },
          query: { waitMs: 10_000 },
        });
        setDownload(state);
      }
      if (state.problem) setProblem(state.problem);
    } catch (error) {
      setProblem(describeError(error).title);
    }
  };
  const cancel = (): void => {
    if (!download) return;
    const params = { project: getProjectId(app.project), download: download.id };
    void app.api.cancelSourceDownload({ params }).catch((error: unknown) => app.showError(error));
  };

  const lines = configure.split("\n").filter((line) => line.trim() !== "");
  const place = isUrl
    ? isFetched && download.md5sum
      ? { url: source.trim(), md5sum: download.md5sum }
      : undefined
    : ARCHIVE.test(source.trim())
      ? { file: source.trim() }
      : undefined;
  const intent: GestureIntent | undefined =
    place && name
      ? {
          gesture: "new-component",
          name,
          ...place,
          ...(lines.length > 0 && { configureOptions: lines }),
          ...(into !== "" && { into }),
        }
      : undefined;
  const proposed = useProposal(intent);
  const answer = answerOf(proposed);
  const ready = proposed.state === "here" && answer?.kind === "proposed" ? answer : undefined;

  const create = async (): Promise<void> => {
    if (!ready) return;
    setBusy(true);
    try {
      if (!(await app.gestures.make(ready, ready.summary))) return;
      for (const { path: changed, fate } of ready.files)
        if (!fate) await app.workspace.getState()?.documents.save(changed);
      const [file] = ready.files;
      if (file) app.editors.openFile({ path: file.path });
      setMade(ready);
    } catch (error) {
      app.showError(error);
    } finally {
      setBusy(false);
    }
  };

  if (made)
    return (
      <CommitStep
        proposal={made}
        title="Commit the new component"
        also={isUrl ? [] : [source.trim()]}
        onClose={onClose}
      />
    );
  return (
    <Dialog
      title="New component"
      width="medium"
      onClose={() => {
        if (isFetching) cancel();
        onClose();
      }}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={!ready} busy={busy} onClick={() => void create()}>
            Create
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <label className="block">
          <span className="mb-1 block text-xs">Sources: the address of a tarball, or one of the workspace</span>
          <span className="flex gap-2">
            <input
              className="field font-mono"
              aria-label="Sources"
              list="component-archives"
              value={source}
              spellCheck={false}
              placeholder="https://… or component/hello/hello-1.0.tar.gz"
              onChange={({ target }) => setSource(target.value)}
            />
            {isUrl && !isFetching && (
              <Button disabled={isFetched} onClick={() => void fetchSource()}>
                Fetch
              </Button>
            )}
            {isFetching && <Button onClick={cancel}>Stop</Button>}
          </span>
        </label>
        <datalist id="component-archives">
          {archives.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        {download && download.url === source.trim() && (
          <p role="status" className="text-xs">
            {isFetching && (
              <progress className="mr-2 align-middle" value={download.receivedBytes} max={download.totalBytes ?? 1} />
            )}
            {download.receivedBytes} {download.totalBytes ? `of ${download.totalBytes} bytes` : "bytes"}
            {download.md5sum && (
              <>
                , md5sum <span className="font-mono text-text">{download.md5sum}</span>
              </>
            )}
            {download.state === "cancelled" && ", stopped"}
          </p>
        )}
        {problem && (
          <p role="alert" className="text-xs text-bad">
            {problem}
          </p>
        )}
        <div className="grid grid-cols-2 gap-3 max-[600px]:grid-cols-1">
          <label className="block">
            <span className="mb-1 block text-xs">Name</span>
            <input
              className="field font-mono"
              value={name ?? ""}
              spellCheck={false}
              onChange={({ target }) => setName(target.value)}
            />
          </label>
          <label className="block">
            <span className="mb-1 block text-xs">Part of the release</span>
            <select className="field font-mono" value={into} onChange={({ target }) => setInto(target.value)}>
              <option value="">none yet</option>
              {releases.map(({ profile }) => (
                <option key={profile}>{profile}</option>
              ))}
            </select>
          </label>
        </div>
        <label className="block">
          <span className="mb-1 block text-xs">Configure options, one a line (optional)</span>
          <textarea
            className="field min-h-14 font-mono"
            rows={2}
            value={configure}
            spellCheck={false}
            onChange={({ target }) => setConfigure(target.value)}
          />
        </label>
        <ProposalView
          proposed={proposed}
          empty={
            isUrl
              ? "Fetch the sources for their md5sum; then the new profile appears here."
              : "The new profile appears here."
          }
        />
      </div>
    </Dialog>
  );
}

/** Tarballs that are in the workspace already. */
function useArchives(): readonly string[] {
  const app = useApp();
  const [archives, setArchives] = useState<readonly string[]>([]);
  useEffect(() => {
    let gone = false;
    app.api.listFiles({ params: { project: getProjectId(app.project) } }).then(
      ({ paths }) => !gone && setArchives(paths.filter((path) => ARCHIVE.test(path)).slice(0, 200)),
      () => undefined, // Without the list a path is typed.
    );
    return () => {
      gone = true;
    };
  }, [app]);
  return archives;
}

/** `component/hello/hello-1.0.tar.gz` is of `hello`. */
function guessName(source: string): string | undefined {
  const file = source.trim().split("/").at(-1) ?? "";
  if (!ARCHIVE.test(file)) return undefined;
  return /^(.+?)[-_]v?\d/.exec(file)?.[1] ?? file.replace(ARCHIVE, "");
}
