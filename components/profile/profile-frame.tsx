"use client";
import type { ReactNode } from "react";
import { EmptyState } from "@/components/ui/empty-state";
import { Spinner } from "@/components/ui/spinner";
import type { ProfileAnswer } from "./use-profile";

/** Head and body of a profile view, and what is there before an answer is. */
export function ProfileFrame<Answer>({
  title,
  detail,
  tools,
  found,
  children,
}: {
  readonly title: ReactNode;
  readonly detail: ReactNode;
  readonly tools?: ReactNode;
  readonly found: ProfileAnswer<Answer>;
  readonly children: (answer: Answer) => ReactNode;
}) {
  return (
    <section className="flex h-full min-h-0 flex-col" aria-busy={found.state === "waiting"}>
      <header className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2">
        <h2 className="font-mono text-sm font-semibold">{title}</h2>
        <span className="min-w-0 truncate text-xs text-faint">{detail}</span>
        <div className="ml-auto flex flex-wrap items-center gap-2">{tools}</div>
      </header>
      <div className="@container min-h-0 flex-1 overflow-auto">
        {found.state === "waiting" && (
          <div className="grid h-full place-items-center">
            <Spinner />
          </div>
        )}
        {found.state === "none" && (
          <EmptyState title="This file is no profile">Open a buildout profile to see what it comes to.</EmptyState>
        )}
        {found.state === "here" && children(found.answer)}
      </div>
    </section>
  );
}
