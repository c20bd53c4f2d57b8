"use client";
import { FileSymlink, Wrench } from "lucide-react";
import { Button } from "@/components/ui/button";
import { useApp } from "@/components/workbench/app-context";
import type { FailureCause, QuickFix } from "@/lib/protocol/explanations";

/** Where a text stands that a run spoke of; opens it there. */
export function PlaceButton({ place, isEdited }: Pick<FailureCause, "place" | "isEdited">) {
  const app = useApp();
  if (!place) return null;
  return (
    <>
      <Button
        size="small"
        icon={<FileSymlink size={12} aria-hidden />}
        className="font-mono"
        data-failure-place
        onClick={() => app.editors.openFile({ path: place.path, line: place.line, column: place.column })}
      >
        {place.path}:{place.line}:{place.column}
      </Button>
      {isEdited && <span className="text-muted">edited since</span>}
    </>
  );
}

/** The edits that would mend it; the first is the best. */
export function FixButtons({
  fixes,
  tip,
  mending,
  disabled,
  onMend,
}: {
  readonly fixes: readonly QuickFix[];
  readonly tip: (fix: QuickFix) => string;
  /** The one that is being made. */
  readonly mending: QuickFix | undefined;
  readonly disabled: boolean;
  readonly onMend: (fix: QuickFix) => void;
}) {
  return fixes.map((fix, index) => (
    <Button
      key={fix.title}
      size="small"
      variant={index === 0 ? "primary" : "secondary"}
      icon={<Wrench size={12} aria-hidden />}
      busy={mending === fix}
      disabled={disabled || mending !== undefined}
      data-tip={tip(fix)}
      onClick={() => onMend(fix)}
    >
      {fix.title.replaceAll("`", "")}
    </Button>
  ));
}
