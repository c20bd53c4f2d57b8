"use client";
import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from "lucide-react";
import { useEffect } from "react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import type { Notice } from "@/lib/client/notices";
import { useApp, useValue } from "./app-context";

const ICONS = {
  info: <Info size={16} className="text-accent" aria-hidden />,
  success: <CircleCheck size={16} className="text-good" aria-hidden />,
  warning: <TriangleAlert size={16} className="text-warn" aria-hidden />,
  error: <CircleAlert size={16} className="text-bad" aria-hidden />,
};

/**
 * Notices at the lower right, above the status bar and, on a narrow page, the views. Errors are announced at once, the
 * rest when the reader is free.
 */
export function NoticeStack() {
  const { notices } = useApp();
  const shown = useValue(notices.state);
  return (
    <section
      aria-label="Notices"
      className="pointer-events-none fixed right-3 bottom-9 max-[899px]:bottom-21 z-[70] flex w-[min(400px,calc(100vw-24px))] flex-col gap-2"
    >
      {shown.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

function NoticeCard({ notice }: { readonly notice: Notice }) {
  const { notices } = useApp();
  const onDismiss = (): void => notices.dismiss(notice.id);
  useEffect(() => {
    if (notice.durationMs === undefined) return;
    const timer = setTimeout(() => notices.dismiss(notice.id), notice.durationMs);
    return () => clearTimeout(timer);
  }, [notice, notices]);
  return (
    <div
      role={notice.kind === "error" ? "alert" : "status"}
      className="pointer-events-auto rounded-md border bg-overlay p-2.5 text-sm shadow-overlay"
    >
      <div className="flex items-start gap-2">
        <span className="mt-0.5 shrink-0">{ICONS[notice.kind]}</span>
        <div className="min-w-0 flex-1">
          <p className="font-medium break-words">{notice.title}</p>
          {notice.detail && <p className="mt-0.5 text-xs break-words text-muted">{notice.detail}</p>}
        </div>
        <IconButton label="Dismiss" size={20} onClick={onDismiss}>
          <X size={14} />
        </IconButton>
      </div>
      {notice.actions.length > 0 && (
        <div className="mt-2 flex flex-wrap justify-end gap-2">
          {notice.actions.map((action) => (
            <Button
              key={action.title}
              size="small"
              onClick={() => {
                onDismiss();
                void action.run();
              }}
            >
              {action.title}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
