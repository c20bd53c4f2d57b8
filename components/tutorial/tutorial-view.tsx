"use client";
import { ChevronLeft, ChevronRight, CircleCheck, CircleDashed, Link2, Presentation, RotateCcw, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { IconButton } from "@/components/ui/icon-button";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { replaceAddress } from "@/lib/client/address";
import { readStep, TUTORIAL } from "@/lib/client/guide";
import type { TutorialInfo } from "@/lib/protocol/tutorial";
import { StepView } from "./tutorial-step";

/** The guided tutorial as a tab: its steps with their marks, the one that is shown, and the way through. */
export function TutorialView() {
  const { guide } = useApp();
  const { value, error } = useValue(guide.tutorial.state);
  const { step, presenting } = useValue(guide.step);
  useEffect(() => {
    const watch = guide.tutorial.watch();
    return () => watch.dispose();
  }, [guide]);
  useEffect(() => {
    const follow = ({ newURL }: HashChangeEvent) => {
      // The link that was followed: the address of the step before may have been written over it meanwhile.
      const number = readStep(new URL(newURL).hash);
      if (number !== undefined) guide.step.setState({ step: number });
    };
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, [guide]);
  useEffect(() => {
    // The address of the step is the address of the page, once one has come by it.
    if (window.location.pathname.startsWith("/tutorial/")) replaceAddress(`/tutorial/${TUTORIAL}#step-${step}`);
  }, [step]);
  if (!value) {
    if (error !== undefined) return <ErrorState error={error} onRetry={() => void guide.tutorial.reload()} />;
    return (
      <div className="flex items-center gap-2 p-6 text-muted" role="status">
        <Spinner size={14} /> Looking at your workspace
      </div>
    );
  }
  const number = Math.min(Math.max(step, 1), value.steps.length);
  const content = <StepView info={value} step={value.steps[number - 1]!} number={number} />;
  if (presenting)
    return (
      <Slide info={value} number={number}>
        {content}
      </Slide>
    );
  return (
    <div className="absolute inset-0 flex bg-bg" data-tutorial={value.tutorial}>
      <StepList info={value} number={number} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys too */}
      <section className="min-w-0 flex-1 overflow-y-auto px-6 py-5 max-[700px]:px-4" tabIndex={0} aria-label="Step">
        <div className="mx-auto max-w-2xl text-sm leading-relaxed">
          {content}
          <Steps info={value} number={number} />
        </div>
      </section>
    </div>
  );
}

function StepList({ info, number }: { readonly info: TutorialInfo; readonly number: number }) {
  const app = useApp();
  const { guide } = app;
  const done = info.steps.filter(({ doneAt }) => doneAt).length;
  return (
    <nav
      aria-label="Steps of the tutorial"
      className="flex w-64 shrink-0 flex-col border-r bg-sunken max-[900px]:hidden"
    >
      <div className="border-b px-3 py-2">
        <div className="flex items-center gap-1">
          <h2 className="min-w-0 flex-1 truncate text-sm font-semibold">{info.title}</h2>
          <IconButton label="Present full screen" onClick={() => guide.step.setState({ presenting: true })}>
            <Presentation size={15} />
          </IconButton>
          <IconButton label="Copy the address of this step" onClick={() => void copyAddress(app, number)}>
            <Link2 size={15} />
          </IconButton>
          <IconButton label="Begin anew" onClick={() => void restart(app)}>
            <RotateCcw size={14} />
          </IconButton>
        </div>
        <p className="text-xs text-muted" role="status">
          {done} of {info.steps.length} done
        </p>
      </div>
      <ol className="min-h-0 flex-1 overflow-y-auto py-1">
        {info.steps.map(({ id, title, doneAt }, index) => (
          <li key={id}>
            <button
              type="button"
              aria-current={index + 1 === number ? "step" : undefined}
              data-step-link={id}
              data-step-done={doneAt !== undefined}
              onClick={() => guide.step.setState({ step: index + 1 })}
              className={`flex w-full items-start gap-2 px-3 py-1.5 text-left text-xs ${index + 1 === number ? "bg-selected" : "hover:bg-hover"}`}
            >
              <span className="mt-px shrink-0" aria-hidden>
                {doneAt ? (
                  <CircleCheck size={14} className="text-good" />
                ) : (
                  <CircleDashed size={14} className="text-faint" />
                )}
              </span>
              <span className="min-w-0">
                {index + 1}. {title}
                <span className="sr-only">{doneAt ? ", done" : ", not done yet"}</span>
              </span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Steps({ info, number }: { readonly info: TutorialInfo; readonly number: number }) {
  const { guide } = useApp();
  return (
    <div className="mt-6 flex items-center justify-between border-t pt-3">
      <Button
        variant="ghost"
        icon={<ChevronLeft size={14} aria-hidden />}
        disabled={number === 1}
        onClick={() => guide.step.setState({ step: number - 1 })}
      >
        Back
      </Button>
      <Button
        icon={<ChevronRight size={14} aria-hidden />}
        disabled={number === info.steps.length}
        onClick={() => guide.step.setState({ step: number + 1 })}
      >
        Next
      </Button>
    </div>
  );
}

/** The step alone on the whole screen; the arrow keys lead through, Escape back. */
function Slide({
  info,
  number,
  children,
}: {
  readonly info: TutorialInfo;
  readonly number: number;
  readonly children: React.ReactNode;
}) {
  const { guide } = useApp();
  const slide = useRef<HTMLDivElement>(null);
  const count = info.steps.length;
  useEffect(() => {
    const element = slide.current;
    element?.focus();
    // A browser may refuse: the slide then fills the page.
    void element?.requestFullscreen?.().catch(() => undefined);
    const onChange = () => {
      if (!document.fullscreenElement) guide.step.setState({ presenting: false });
    };
    document.addEventListener("fullscreenchange", onChange);
    return () => {
      document.removeEventListener("fullscreenchange", onChange);
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
    };
  }, [guide]);
  const go = (to: number) => guide.step.setState({ step: Math.min(Math.max(to, 1), count) });
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement) return;
    if (event.key === "ArrowRight" || event.key === "PageDown") go(number + 1);
    else if (event.key === "ArrowLeft" || event.key === "PageUp") go(number - 1);
    else if (event.key === "Home") go(1);
    else if (event.key === "End") go(count);
    else if (event.key === "Escape") guide.step.setState({ presenting: false });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={slide}
      role="dialog"
      aria-modal="true"
      aria-label={`${info.title}, step ${number} of ${count}`}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      className="fixed inset-0 z-[60] flex flex-col bg-bg outline-none"
      data-tutorial-slide={number}
    >
      <div className="flex items-center gap-2 px-6 py-3 text-sm text-muted">
        <span className="min-w-0 flex-1 truncate">{info.title}</span>
        <IconButton label="Back (left arrow)" onClick={() => go(number - 1)}>
          <ChevronLeft size={18} />
        </IconButton>
        <span role="status">
          {number} / {count}
        </span>
        <IconButton label="Next (right arrow)" onClick={() => go(number + 1)}>
          <ChevronRight size={18} />
        </IconButton>
        <IconButton label="Leave the presentation" onClick={() => guide.step.setState({ presenting: false })}>
          <X size={18} />
        </IconButton>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-8 pb-10">
        <div className="mx-auto flex min-h-full max-w-4xl flex-col justify-center text-xl leading-relaxed">
          {children}
        </div>
      </div>
    </div>
  );
}

async function copyAddress(app: ReturnType<typeof useApp>, number: number): Promise<void> {
  const address = `${window.location.origin}/tutorial/${TUTORIAL}#step-${number}`;
  try {
    await navigator.clipboard.writeText(address);
    app.notices.show({ kind: "info", title: "The address of this step is copied", detail: address });
  } catch {
    // No clipboard without a secure address: then it is there to be copied by hand.
    app.notices.show({ kind: "info", title: "The address of this step", detail: address, durationMs: 20_000 });
  }
}

async function restart(app: ReturnType<typeof useApp>): Promise<void> {
  const answer = await app.dialogs.choose({
    title: "Begin the tutorial anew?",
    detail: "The marks are forgotten. Your files, commits and runs stay as they are.",
    choices: [{ id: "restart", title: "Begin anew" }],
  });
  if (answer !== "restart") return;
  await app.guide.restart();
  app.guide.step.setState({ step: 1 });
}
