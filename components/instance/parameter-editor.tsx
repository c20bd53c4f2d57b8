"use client";
import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { useApp } from "@/components/workbench/app-context";
import { parseParameters } from "@/lib/client/instance-words";
import type { InstanceInfo } from "@/lib/protocol/instances";

/** The parameters of an instance as JSON. Requesting keeps them; the next Run instance applies them. */
export function ParameterEditor({ instance }: { readonly instance: InstanceInfo }) {
  const app = useApp();
  const id = useId();
  const current = JSON.stringify(instance.parameters, undefined, 2);
  const [text, setText] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const shown = text ?? current;
  const { value, problem } = parseParameters(shown);
  const isChanged = text !== undefined && text !== current;

  const request = async (thenRun: boolean): Promise<void> => {
    if (!value) return;
    setIsBusy(true);
    try {
      const { profile, softwareType, state } = instance;
      await app.runControl.instances.request(instance.name, { profile, softwareType, state, parameters: value });
      setText(undefined);
      if (thenRun) await app.runControl.run("instance", { instance: instance.name });
      else app.notices.show({ kind: "info", title: "Requested", detail: "The next Run instance applies it." });
    } finally {
      setIsBusy(false);
    }
  };
  const onRequest = (thenRun: boolean) => void request(thenRun).catch((error: unknown) => app.showError(error));
  return (
    <div className="px-3 pb-2">
      <label htmlFor={id} className="sr-only">
        Parameters of {instance.name} as JSON
      </label>
      <textarea
        id={id}
        spellCheck={false}
        rows={Math.min(14, Math.max(3, shown.split("\n").length))}
        className="field resize-y font-mono text-xs"
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-problem`}
        value={shown}
        onChange={(event) => setText(event.target.value)}
      />
      <p id={`${id}-problem`} aria-live="polite" className="text-2xs break-words text-bad">
        {problem}
      </p>
      <div className="mt-1 flex flex-wrap gap-1.5">
        <Button
          size="small"
          variant="primary"
          busy={isBusy}
          disabled={!isChanged || problem !== undefined}
          onClick={() => onRequest(true)}
        >
          Request and run
        </Button>
        <Button size="small" disabled={!isChanged || problem !== undefined || isBusy} onClick={() => onRequest(false)}>
          Request
        </Button>
        {isChanged && (
          <Button size="small" variant="ghost" disabled={isBusy} onClick={() => setText(undefined)}>
            Discard
          </Button>
        )}
      </div>
    </div>
  );
}
