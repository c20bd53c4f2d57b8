"use client";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

/** The page itself broke. What was typed is in the drafts and comes back with the page. */
export function PageError({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const report = `${error.name}: ${error.message}\n${error.stack ?? ""}`;
  return (
    <main role="alert" className="h-dvh">
      <EmptyState
        title="The page stumbled over an error of its own"
        action={
          <>
            <Button variant="primary" onClick={() => window.location.reload()}>
              Load the page again
            </Button>
            <Button onClick={onRetry}>Go on</Button>
            <Button variant="ghost" onClick={() => void navigator.clipboard?.writeText(report)}>
              Copy the error
            </Button>
          </>
        }
      >
        Unsaved text is kept in this browser and on the server. {error.message}
      </EmptyState>
    </main>
  );
}
