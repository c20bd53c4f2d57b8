"use client";
import { useLayoutEffect, useRef, useState } from "react";
import { ConflictDialog } from "@/components/editor/conflict-dialog";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { ChoiceQuestion, TextQuestion } from "@/lib/client/dialogs";
import { useApp, useValue } from "./app-context";

/** Shows the question that waits longest. */
export function DialogHost() {
  const { dialogs } = useApp();
  const [pending] = useValue(dialogs.state);
  if (!pending) return null;
  const { question, answer, id } = pending;
  if (question.kind === "choice") return <ChoiceDialog key={id} question={question} answer={answer} />;
  if (question.kind === "text") return <TextDialog key={id} question={question} answer={answer} />;
  return <ConflictDialog key={id} question={question} answer={answer} />;
}

function ChoiceDialog({
  question,
  answer,
}: {
  readonly question: ChoiceQuestion;
  readonly answer: (id: string | undefined) => void;
}) {
  return (
    <Dialog
      role="alertdialog"
      title={question.title}
      onClose={() => answer(undefined)}
      footer={
        <>
          <Button onClick={() => answer(undefined)}>Cancel</Button>
          {[...question.choices].reverse().map(({ id, title, danger }) => {
            const isFirst = id === question.choices[0]?.id;
            return (
              <Button
                key={id}
                autoFocus={isFirst}
                variant={danger ? "danger" : isFirst ? "primary" : "secondary"}
                onClick={() => answer(id)}
              >
                {title}
              </Button>
            );
          })}
        </>
      }
    >
      {question.detail && <p className="break-words whitespace-pre-line">{question.detail}</p>}
    </Dialog>
  );
}

function TextDialog({
  question,
  answer,
}: {
  readonly question: TextQuestion;
  readonly answer: (text: string | undefined) => void;
}) {
  const [text, setText] = useState(question.value);
  const [touched, setTouched] = useState(false);
  const problem = question.check?.(text);
  const field = useRef<HTMLInputElement>(null);
  // Before the first letter can be typed, which would else be in what is selected.
  useLayoutEffect(() => field.current?.setSelectionRange(0, question.selectTo ?? question.value.length), [question]);
  return (
    <Dialog title={question.title} onClose={() => answer(undefined)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTouched(true);
          if (!problem) answer(text);
        }}
      >
        {question.detail && <p className="mb-3 break-words whitespace-pre-line">{question.detail}</p>}
        <label className="block">
          <span className="mb-1 block text-xs text-muted">{question.label}</span>
          <input
            className="field"
            value={text}
            autoFocus
            spellCheck={false}
            type={question.isSecret ? "password" : "text"}
            autoComplete={question.isSecret ? "new-password" : "off"}
            aria-invalid={touched && problem !== undefined}
            aria-describedby="text-dialog-problem"
            ref={field}
            onChange={(event) => {
              setText(event.target.value);
              setTouched(true);
            }}
          />
        </label>
        <p id="text-dialog-problem" aria-live="polite" className="mt-1 min-h-4.5 text-xs text-bad">
          {touched ? problem : undefined}
        </p>
        <div className="mt-1 mb-2 flex justify-end gap-2">
          <Button onClick={() => answer(undefined)}>Cancel</Button>
          <Button type="submit" variant={question.danger ? "danger" : "primary"} disabled={problem !== undefined}>
            {question.confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
