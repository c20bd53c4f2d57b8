"use client";
import { Dialog } from "@/components/ui/dialog";
import type { ConflictAnswer, ConflictQuestion } from "@/lib/client/dialogs";
export function ConflictDialog({
  question,
  answer,
}: {
  readonly question: ConflictQuestion;
  readonly answer: (value: ConflictAnswer | undefined) => void;
}) {
  return <Dialog title={question.path} onClose={() => answer(undefined)} />;
}
