"use client";
import { CircleCheck, CircleDashed, Eye, WandSparkles } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useApp } from "@/components/workbench/app-context";
import type { TutorialInfo, TutorialStep } from "@/lib/protocol/tutorial";
import { TutorialText } from "./tutorial-text";

/** One step: its text, what is asked for, and what can be done for the person. */
export function StepView({
  info,
  step,
  number,
}: {
  readonly info: TutorialInfo;
  readonly step: TutorialStep;
  readonly number: number;
}) {
  return (
    <article aria-labelledby="tutorial-step-title" data-step={step.id} data-step-done={step.doneAt !== undefined}>
      <p className="text-[0.8em] font-semibold tracking-wide text-faint uppercase">
        {step.chapter} · {number} of {info.steps.length}
      </p>
      <h2 id="tutorial-step-title" className="mt-1 text-[1.5em] leading-tight font-semibold">
        {step.title}
      </h2>
      <TutorialText blocks={step.body} />
      <Conditions step={step} />
      <Actions key={step.id} info={info} step={step} />
    </article>
  );
}

function Conditions({ step }: { readonly step: TutorialStep }) {
  return (
    <section aria-label="What is checked" className="my-4 rounded-md border px-3 py-2">
      <h3 className="text-[0.85em] font-semibold">
        {step.doneAt ? "Done" : "This step is done when"}
        <span className="ml-2 font-normal text-faint">checked in your workspace</span>
      </h3>
      <ul className="mt-1">
        {step.conditions.map(({ text, ok, detail }) => (
          <li key={text} className="flex items-start gap-2 py-0.5" data-condition-ok={ok}>
            <span className="mt-[0.2em] shrink-0" aria-hidden>
              {ok ? <CircleCheck size={14} className="text-good" /> : <CircleDashed size={14} className="text-faint" />}
            </span>
            <span className="min-w-0">
              <span className="sr-only">{ok ? "Yes: " : "Not yet: "}</span>
              {text}
              {detail && <span className="ml-2 text-[0.88em] break-words text-muted">{detail}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Actions({ info, step }: { readonly info: TutorialInfo; readonly step: TutorialStep }) {
  const app = useApp();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const { doing } = info;
  const isMine = doing?.step === step.id;
  const isBusy = doing?.state === "running";
  const show = () => {
    const { showMe } = step;
    if (showMe.kind === "file") app.editors.openFile({ path: showMe.path });
    else if (!app.commands.execute(showMe.command, showMe.path === undefined ? undefined : { path: showMe.path }))
      app.notices.show({ kind: "warning", title: "That cannot be shown yet", detail: "Do the steps before this one." });
    app.guide.step.setState({ presenting: false });
  };
  const perform = () => {
    void app.guide.doStep(step.id, values).catch((error: unknown) => app.showError(error));
    // Sent once; what is kept of it is kept by the server, with the logins.
    const secrets = step.doIt.fields.filter(({ secret }) => secret).map(({ name }) => [name, ""]);
    setValues({ ...values, ...Object.fromEntries(secrets) });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        perform();
      }}
    >
      <p className="mb-2 text-[0.88em] text-muted">
        <b className="font-semibold">Do it:</b> {step.doIt.summary}
      </p>
      {step.doIt.fields.map(({ name, label, secret }) => (
        <label key={name} className="mb-2 block max-w-md">
          <span className="mb-1 block text-[0.85em]">{label}</span>
          <input
            className="field"
            type={secret ? "password" : "text"}
            autoComplete={secret ? "new-password" : "off"}
            spellCheck={false}
            disabled={isBusy}
            value={values[name] ?? ""}
            onChange={(event) => setValues({ ...values, [name]: event.target.value })}
          />
        </label>
      ))}
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <Button icon={<Eye size={14} aria-hidden />} onClick={show}>
          Show me
        </Button>
        <Button
          type="submit"
          variant="primary"
          icon={<WandSparkles size={14} aria-hidden />}
          busy={isMine && isBusy}
          disabled={isBusy}
        >
          Do it
        </Button>
        {isMine && doing && (
          <span
            role={doing.state === "failed" ? "alert" : "status"}
            className={doing.state === "failed" ? "min-w-0 text-[0.88em] text-bad" : "min-w-0 text-[0.88em] text-muted"}
          >
            {doing.message}
          </span>
        )}
        {!isMine && isBusy && <span className="text-[0.88em] text-muted">Another step is being done.</span>}
      </div>
    </form>
  );
}
