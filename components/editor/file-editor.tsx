"use client";
import { useEffect } from "react";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { useApp, useValue } from "@/components/workbench/app-context";
import { Breadcrumbs } from "./breadcrumbs";
import { DocumentBanner } from "./document-banner";
import { TextEditor } from "./text-editor";
import { useDocumentStates } from "./use-document-states";

/** The editor of a file: where it lies, what happened to it on disk, its text. Stays mounted for the next file. */
export function FileEditor({ group, path }: { readonly group: number; readonly path: string | undefined }) {
  const app = useApp();
  const workspace = useValue(app.workspace);
  const document = useDocumentStates().get(path ?? "");
  useEffect(() => {
    if (workspace && path !== undefined) void workspace.documents.open(path);
  }, [workspace, path]);
  const isReady = document?.phase === "ready";
  return (
    <div className={path === undefined ? "hidden" : "absolute inset-0 flex flex-col bg-bg"}>
      {path !== undefined && <Breadcrumbs path={path} document={document} />}
      {document && isReady && <DocumentBanner document={document} />}
      <div className="relative min-h-0 flex-1">
        <TextEditor group={group} path={isReady ? path : undefined} readOnly={document?.readOnly ?? false} />
        {path !== undefined && document?.phase === "failed" && (
          <div className="absolute inset-0 bg-bg">
            <FailedFile path={path} error={document.error} />
          </div>
        )}
        {path !== undefined && (!document || document.phase === "loading") && <EditorSkeleton />}
      </div>
    </div>
  );
}

function FailedFile({ path, error }: { readonly path: string; readonly error: unknown }) {
  const workspace = useValue(useApp().workspace);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const url = workspace?.files.downloadUrl(path);
  const download = (
    <a
      className="inline-flex h-7 items-center rounded-[5px] border px-3 text-sm text-text hover:bg-hover"
      href={url}
      download
    >
      Download
    </a>
  );
  if (code === "file/not-text") {
    return (
      <EmptyState title="This file is not text" action={download}>
        It is binary, or in an encoding other than UTF-8, and is left as it is.
      </EmptyState>
    );
  }
  if (code === "request/too-large") {
    return (
      <EmptyState title="This file is too large to open here" action={download}>
        Download it to look at it.
      </EmptyState>
    );
  }
  return <ErrorState error={error} onRetry={() => workspace?.documents.open(path)} />;
}

const LINES = [38, 22, 0, 30, 54, 46, 18, 0, 26, 62, 40];

function EditorSkeleton() {
  return (
    <div role="status" aria-label="Loading the file" className="absolute inset-0 bg-bg py-2 pl-16">
      {LINES.map((width, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are decoration and never change
        <div key={index} className="flex h-[19px] items-center">
          {width > 0 && <div className="skeleton h-2.5" style={{ width: `${width}%` }} />}
        </div>
      ))}
    </div>
  );
}
