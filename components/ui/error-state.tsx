"use client";
import { CircleAlert } from "lucide-react";
import { describeError } from "@/lib/client/describe-error";
import { Button } from "./button";

/** A view that could not be read: what happened, what to do, try again, copy for a report. */
export function ErrorState({
  error,
  onRetry,
  compact,
}: {
  readonly error: unknown;
  readonly onRetry?: () => unknown;
  readonly compact?: boolean;
}) {
  const words = describeError(error);
  const report = [words.title, words.hint, words.code, words.requestId].filter(Boolean).join("\n");
  return (
    <div
      role="alert"
      className={
        compact
          ? "flex flex-col items-start gap-1.5 p-3"
          : "flex h-full min-h-32 flex-col items-center justify-center gap-1.5 p-6 text-center"
      }
    >
      <p className="flex items-center gap-1.5 text-sm font-medium">
        <CircleAlert size={16} className="shrink-0 text-bad" aria-hidden />
        {words.title}
      </p>
      {words.hint && <p className="max-w-96 text-xs text-muted">{words.hint}</p>}
      <div className="mt-1.5 flex gap-2">
        {onRetry && (
          <Button size="small" onClick={() => void onRetry()}>
            Try again
          </Button>
        )}
        <Button size="small" variant="ghost" onClick={() => void navigator.clipboard?.writeText(report)}>
          Copy
        </Button>
      </div>
    </div>
  );
}
