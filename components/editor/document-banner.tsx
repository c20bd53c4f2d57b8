"use client";
import { History, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { DocumentState } from "@/lib/client/documents";
import { toName } from "@/lib/client/file-tree";

/** What a person must know before going on: the disk went another way, or the text is a restored draft. */
export function DocumentBanner({ document }: { readonly document: DocumentState }) {
  const app = useApp();
  const workspace = useValue(app.workspace);
  const [seen, setSeen] = useState<string>();
  const { path, disk, dirty, restoredFrom } = document;
  if (!workspace) return null;
  const { documents } = workspace;
  const failed = (error: unknown) => app.showError(error);
  const compare = async () => {
    const file = await documents.readDisk(path);
    app.editors.openTab({
      id: `diff:disk:${path}`,
      kind: "diff",
      title: `${toName(path)} (disk ↔ here)`,
      original: { kind: "text", title: "On disk", text: file?.text ?? "", path },
      modified: { kind: "file", path },
    });
  };
  const revert = () => void documents.revert(path).catch(failed);

  if (disk === "removed") {
    return (
      <Banner kind="warning" text="The file was removed on disk. Saving makes it again.">
        <Button size="small" onClick={() => void documents.save(path).catch(failed)}>
          Save it again
        </Button>
      </Banner>
    );
  }
  if (disk === "changed" && dirty) {
    return (
      <Banner kind="warning" text="The file changed on disk, and has unsaved changes here. Saving asks which to keep.">
        <Button size="small" onClick={() => void compare().catch(failed)}>
          Compare
        </Button>
        <Button size="small" onClick={revert}>
          Take the disk's
        </Button>
      </Banner>
    );
  }
  if (restoredFrom && dirty && seen !== restoredFrom) {
    return (
      <Banner kind="info" text={`Unsaved text from ${new Date(restoredFrom).toLocaleString()} was restored.`}>
        <Button size="small" variant="ghost" onClick={() => void compare().catch(failed)}>
          Compare with the disk
        </Button>
        <Button size="small" variant="ghost" onClick={revert}>
          Discard it
        </Button>
        <Button size="small" onClick={() => setSeen(restoredFrom)}>
          Keep
        </Button>
      </Banner>
    );
  }
  return null;
}

function Banner({
  kind,
  text,
  children,
}: {
  readonly kind: "info" | "warning";
  readonly text: string;
  readonly children: ReactNode;
}) {
  return (
    <div
      role={kind === "warning" ? "alert" : "status"}
      className="flex shrink-0 flex-wrap items-center gap-2 border-y bg-overlay px-3 py-1 text-xs"
    >
      {kind === "warning" ? (
        <TriangleAlert size={14} className="shrink-0 text-warn" aria-hidden />
      ) : (
        <History size={14} className="shrink-0 text-accent" aria-hidden />
      )}
      <span className="min-w-40 flex-1">{text}</span>
      {children}
    </div>
  );
}
