"use client";
import { lazy, Suspense, useEffect, useId, useMemo, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { Tabs } from "@/components/ui/tabs";
import { useApp } from "@/components/workbench/app-context";
import { compareParameters, findTypeOf, parseParameters } from "@/lib/client/instance-words";
import type { InstanceInfo } from "@/lib/protocol/instances";
import type { ParameterProblem, ReleaseParameters } from "@/lib/protocol/parameters";
import { ParameterChanges } from "./parameter-changes";

const ParameterForm = lazy(() => import("./parameter-form"));

const CHECK_AFTER_MS = 250;

/**
 * The parameters of an instance, as a form where the release has a schema, and as JSON. Wrong values are pointed at
 * while one types; what differs from the deployed ones is listed. Requesting keeps them; the next Run instance applies
 * them.
 */
export function ParameterEditor({ instance }: { readonly instance: InstanceInfo }) {
  const app = useApp();
  const { instances } = app.runControl;
  const id = useId();
  const current = JSON.stringify(instance.parameters, undefined, 2);
  const [text, setText] = useState<string>();
  const [typeId, setTypeId] = useState<string>();
  const [release, setRelease] = useState<ReleaseParameters>();
  const [problems, setProblems] = useState<readonly ParameterProblem[]>([]);
  const [wanted, setWanted] = useState<"form" | "json">("form");
  const [isBusy, setIsBusy] = useState(false);
  const { profile } = instance;

  useEffect(() => {
    let isStale = false;
    instances
      .readRelease(profile)
      .then((read) => isStale || setRelease(read))
      // A release that is gone has no schema; its instances are still there.
      .catch(() => isStale || setRelease({ name: "", description: "", types: [], problems: [] }));
    return () => {
      isStale = true;
    };
  }, [instances, profile]);

  const type = release && (release.types.find((each) => each.id === typeId) ?? findTypeOf(release, instance));
  const schema = type?.schema;
  const mode = schema ? wanted : "json";
  const shown = text ?? current;
  const { value, problem } = useMemo(() => parseParameters(shown), [shown]);
  const isTypeChanged = release && type && typeId !== undefined && type.id !== findTypeOf(release, instance)?.id;
  const isChanged = isTypeChanged === true || (text !== undefined && text !== current);
  const softwareType = isTypeChanged ? type.softwareType : instance.softwareType;

  const checked = useRef(0);
  useEffect(() => {
    if (!value) return;
    checked.current += 1;
    const turn = checked.current;
    const check = async (): Promise<void> => {
      const found = await instances.checkParameters({
        profile,
        softwareType,
        shared: instance.shared,
        parameters: value,
      });
      if (turn === checked.current) setProblems(found);
    };
    // Not to be had now: the server checks again when they are asked for.
    const timer = setTimeout(() => void check().catch(() => undefined), CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [instances, profile, softwareType, instance.shared, value]);

  const request = async (thenRun: boolean): Promise<void> => {
    if (!value) return;
    setIsBusy(true);
    try {
      const { state, shared } = instance;
      await instances.request(instance.name, { profile, softwareType, shared, state, parameters: value });
      setText(undefined);
      setTypeId(undefined);
      if (thenRun) await app.runControl.run("instance", { instance: instance.name });
      else app.notices.show({ kind: "info", title: "Requested", detail: "The next Run instance applies it." });
    } finally {
      setIsBusy(false);
    }
  };
  const onRequest = (thenRun: boolean) => void request(thenRun).catch((error: unknown) => app.showError(error));
  const cannot = !isChanged || problem !== undefined || problems.length > 0;
  const types = release?.types.filter((each) => each.shared === (instance.shared ?? false)) ?? [];
  return (
    <div className="px-3 pb-2">
      {types.length > 1 && (
        <label className="mb-2 flex items-center gap-2 text-xs">
          <span className="text-muted">Software type</span>
          <select className="field w-auto!" value={type?.id ?? ""} onChange={(event) => setTypeId(event.target.value)}>
            {!type && <option value="">{instance.softwareType ?? "default"}</option>}
            {types.map((each) => (
              <option key={each.id} value={each.id}>
                {each.title}
              </option>
            ))}
          </select>
        </label>
      )}
      {schema && (
        <div className="mb-2 h-7 border-b">
          <Tabs
            label="How to edit the parameters"
            items={[
              { id: "form", title: "Form" },
              { id: "json", title: "JSON" },
            ]}
            selected={mode}
            onSelect={(next) => setWanted(next === "json" ? "json" : "form")}
          />
        </div>
      )}
      {mode === "form" && schema ? (
        value ? (
          <Suspense fallback={<Spinner size={14} label="Loading the form" />}>
            <ParameterForm
              schema={schema}
              values={value}
              problems={problems}
              onChange={(next) => setText(JSON.stringify(next, undefined, 2))}
            />
          </Suspense>
        ) : (
          <p className="text-xs text-bad">The JSON cannot be read: {problem}</p>
        )
      ) : (
        <>
          <label htmlFor={id} className="sr-only">
            Parameters of {instance.name} as JSON
          </label>
          <textarea
            id={id}
            spellCheck={false}
            rows={Math.min(14, Math.max(3, shown.split("\n").length))}
            className="field resize-y font-mono text-xs"
            aria-invalid={problem !== undefined || problems.length > 0}
            aria-describedby={`${id}-problem`}
            value={shown}
            onChange={(event) => setText(event.target.value)}
          />
        </>
      )}
      <div id={`${id}-problem`} aria-live="polite" className="text-2xs break-words text-bad">
        {problem}
        {!problem && problems.length > 0 && (
          <ul aria-label="Wrong parameters">
            {problems.map((each) => (
              <li key={`${each.pointer} ${each.message}`}>
                <code>{each.pointer || "/"}</code> {each.message}
              </li>
            ))}
          </ul>
        )}
      </div>
      {type?.problems.map((each) => (
        <p key={each} className="text-2xs text-warn">
          {each}
        </p>
      ))}
      {value && instance.applied && (
        <ParameterChanges
          title="Not applied yet"
          changes={compareParameters(instance.applied, value)}
          before="deployed"
          after="here"
        />
      )}
      <div className="mt-1 flex flex-wrap gap-1.5">
        <Button size="small" variant="primary" busy={isBusy} disabled={cannot} onClick={() => onRequest(true)}>
          Request and run
        </Button>
        <Button size="small" disabled={cannot || isBusy} onClick={() => onRequest(false)}>
          Request
        </Button>
        {isChanged && (
          <Button
            size="small"
            variant="ghost"
            disabled={isBusy}
            onClick={() => {
              setText(undefined);
              setTypeId(undefined);
            }}
          >
            Discard
          </Button>
        )}
      </div>
    </div>
  );
}
