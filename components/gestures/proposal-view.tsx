"use client";
import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { Spinner } from "@/components/ui/spinner";
import { describeError } from "@/lib/client/describe-error";
import type { GestureAnswer, GestureEffect, GestureProposal, GestureRefusal } from "@/lib/protocol/gestures";
import type { Proposed } from "./use-proposal";

/** What would come of a gesture: the value before and after, the lines that change, or why not and what to do. */
export function ProposalView({
  proposed,
  option,
  onChoose,
  onExtend,
  empty,
}: {
  readonly proposed: Proposed;
  /** Whose value is shown first. */
  readonly option?: { readonly section: string; readonly option: string };
  readonly onChoose?: (path: string) => void;
  readonly onExtend?: (path: string) => void;
  readonly empty?: ReactNode;
}) {
  const answer = answerOf(proposed);
  return (
    <section
      aria-label="What would change"
      aria-live="polite"
      aria-busy={proposed.state === "waiting"}
      className="flex min-h-24 flex-col gap-3 text-xs"
    >
      {proposed.state === "none" && <p className="text-faint">{empty}</p>}
      {proposed.state === "waiting" && !answer && <Spinner label="Looking at what would change" />}
      {proposed.state === "failed" && (
        <p role="alert" className="text-bad">
          {describeError(proposed.error).title}
        </p>
      )}
      {answer?.kind === "refused" && <Refusal refusal={answer} onChoose={onChoose} onExtend={onExtend} />}
      {answer?.kind === "proposed" && <Proposal proposal={answer} option={option} />}
    </section>
  );
}

/** Also while the next one is waited for. */
export function answerOf(proposed: Proposed): GestureAnswer | undefined {
  if (proposed.state === "here") return proposed.answer;
  return proposed.state === "waiting" ? proposed.last : undefined;
}

function Refusal({
  refusal: { reason, choices = [], missing = [] },
  onChoose,
  onExtend,
}: {
  readonly refusal: GestureRefusal;
  readonly onChoose?: (path: string) => void;
  readonly onExtend?: (path: string) => void;
}) {
  return (
    <div role="alert" className="flex gap-2 rounded-md border border-warn/50 p-2.5 text-text">
      <TriangleAlert size={14} className="mt-0.5 shrink-0 text-warn" aria-hidden />
      <div className="flex min-w-0 flex-col gap-2">
        <p className="break-words">{reason}</p>
        {onChoose && choices.length > 0 && (
          <div className="flex flex-wrap gap-1.5">
            {choices.map((path) => (
              <Button key={path} size="small" className="font-mono" onClick={() => onChoose(path)}>
                {path}
              </Button>
            ))}
          </div>
        )}
        {onExtend &&
          missing.flatMap(({ section, profiles }) =>
            profiles.map((path) => (
              <Button key={section + path} size="small" className="self-start" onClick={() => onExtend(path)}>
                Extend <span className="font-mono">{path}</span>
              </Button>
            )),
          )}
      </div>
    </div>
  );
}

function Proposal({
  proposal,
  option,
}: {
  readonly proposal: GestureProposal;
  readonly option?: { readonly section: string; readonly option: string };
}) {
  const own = proposal.effects.find((one) => one.section === option?.section && one.option === option?.option);
  const others = proposal.effects.filter((one) => one !== own && one.option !== undefined);
  const hidden = proposal.effectCount - others.length - (own ? 1 : 0);
  return (
    <>
      <p className="text-text">{proposal.summary}</p>
      {proposal.notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      {own && <Effect effect={own} title="Effective value" />}
      {others.length > 0 && (
        <details>
          <summary className="cursor-pointer">
            {others.length + hidden === 1 ? "1 more value changes" : `${others.length + hidden} more values change`}
          </summary>
          <div className="mt-2 flex flex-col gap-2">
            {others.slice(0, 20).map((effect) => (
              <Effect
                key={`${effect.section}:${effect.option}`}
                effect={effect}
                title={`[${effect.section}] ${effect.option}`}
              />
            ))}
          </div>
        </details>
      )}
      {proposal.files.map(({ path, diff, fate }) => (
        <figure key={path} className="min-w-0">
          <figcaption className="mb-1 font-mono">
            {path}
            {fate && <span className="ml-2 font-sans text-warn">{fate === "created" ? "new file" : "goes away"}</span>}
          </figcaption>
          <DiffText diff={diff} label={`Lines of ${path} that change`} />
        </figure>
      ))}
      {proposal.files.length === 0 && <p className="text-text">Nothing is to be changed.</p>}
    </>
  );
}

function Effect({ effect, title }: { readonly effect: GestureEffect; readonly title: string }) {
  const old = new Set(effect.before?.split("\n"));
  const fresh = new Set(effect.after?.split("\n"));
  return (
    <div className="grid grid-cols-2 gap-2 max-[700px]:grid-cols-1">
      <ValueBox title={`${title} before`} value={effect.before} isMarked={(line) => !fresh.has(line)} tone="removed" />
      <ValueBox title={`${title} after`} value={effect.after} isMarked={(line) => !old.has(line)} tone="added" />
    </div>
  );
}

function ValueBox({
  title,
  value,
  isMarked,
  tone,
}: {
  readonly title: string;
  readonly value: string | undefined;
  readonly isMarked: (line: string) => boolean;
  readonly tone: "added" | "removed";
}) {
  return (
    <figure className="flex min-w-0 flex-col">
      <figcaption className="mb-1 truncate">{title}</figcaption>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long value is scrolled by keys
        tabIndex={0}
        aria-label={title}
        className="max-h-44 flex-1 overflow-auto rounded-md border bg-sunken p-2 font-mono text-text"
      >
        {value === undefined ? (
          <span className="text-faint">(not there)</span>
        ) : (
          value.split("\n").map((line, index) => (
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the value
              key={index}
              className={classNames("min-h-4 whitespace-pre-wrap break-all", isMarked(line) && TONES[tone])}
            >
              {line}
            </div>
          ))
        )}
      </section>
    </figure>
  );
}

const TONES = { added: "bg-good/15 text-good", removed: "bg-bad/15 text-bad" };

function DiffText({ diff, label }: { readonly diff: string; readonly label: string }) {
  const lines = diff.split("\n").filter((line) => line !== "");
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a long diff is scrolled by keys
      tabIndex={0}
      aria-label={label}
      className="max-h-52 overflow-auto rounded-md border bg-sunken p-2 font-mono text-text"
    >
      {lines.map((line, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the diff
          key={index}
          className={classNames(
            "min-h-4 whitespace-pre",
            line.startsWith("+") && TONES.added,
            line.startsWith("-") && TONES.removed,
            line.startsWith("@@") && "text-faint",
          )}
        >
          {line}
        </div>
      ))}
    </section>
  );
}
