"use client";
import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { RunSettings } from "@/lib/protocol/run-settings";

/** Jobs, niceness, memory and the two habits of the project's runs; shown while the store says so. */
export function RunSettingsDialog() {
  const { runChoices } = useApp();
  const { isOpen, settings, error } = useValue(runChoices.state);
  if (!isOpen) return null;
  const close = () => runChoices.closeSettings();
  if (settings) return <SettingsForm initial={settings} onClose={close} />;
  return (
    <Dialog title="Run settings" onClose={close}>
      {error === undefined ? (
        <p className="flex items-center gap-2 py-4" role="status">
          <Spinner size={13} /> Reading the settings
        </p>
      ) : (
        <ErrorState error={error} onRetry={() => runChoices.openSettings()} />
      )}
    </Dialog>
  );
}

interface Fields {
  readonly jobs: string;
  readonly nice: string;
  readonly memoryMiB: string;
  readonly preflight: boolean;
  readonly keepGoing: boolean;
}

const LIMITS = {
  jobs: { label: "Jobs of make", least: 1, most: 256, hint: "MAKEFLAGS=-jN. Empty: as the recipes say." },
  nice: { label: "Niceness", least: 0, most: 19, hint: "How much runs give way to everything else. Empty: 0." },
  memoryMiB: {
    label: "Memory limit, MiB",
    least: 64,
    most: 1_048_576,
    hint: "Address space of each process of a run. Empty: no limit.",
  },
} as const;
type LimitName = keyof typeof LIMITS;
const LIMIT_NAMES = Object.keys(LIMITS) as LimitName[];

function findFault(name: LimitName, text: string): string | undefined {
  if (text.trim() === "") return undefined;
  const { least, most } = LIMITS[name];
  const value = Number(text);
  return Number.isInteger(value) && value >= least && value <= most
    ? undefined
    : `A whole number from ${least} to ${most}, or empty`;
}

function SettingsForm({ initial, onClose }: { readonly initial: RunSettings; readonly onClose: () => void }) {
  const app = useApp();
  const id = useId();
  const [fields, setFields] = useState<Fields>({
    jobs: String(initial.jobs ?? ""),
    nice: String(initial.nice ?? ""),
    memoryMiB: String(initial.memoryMiB ?? ""),
    preflight: initial.preflight,
    keepGoing: initial.keepGoing,
  });
  const [saving, setSaving] = useState(false);
  const isGood = LIMIT_NAMES.every((name) => findFault(name, fields[name]) === undefined);
  const save = async () => {
    if (!isGood) return;
    setSaving(true);
    try {
      const limits = Object.fromEntries(
        LIMIT_NAMES.filter((name) => fields[name].trim() !== "").map((name) => [name, Number(fields[name])]),
      );
      await app.runChoices.saveSettings({ ...limits, preflight: fields.preflight, keepGoing: fields.keepGoing });
      onClose();
    } catch (error) {
      app.showError(error, "The settings were not saved");
    } finally {
      setSaving(false);
    }
  };
  return (
    <Dialog
      title="Run settings"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={`${id}-form`} disabled={!isGood} busy={saving}>
            Save
          </Button>
        </>
      }
    >
      <form
        id={`${id}-form`}
        noValidate
        className="flex flex-col gap-3 py-1"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <p>They hold for the runs of this project that begin from now on.</p>
        {LIMIT_NAMES.map((name) => {
          const fault = findFault(name, fields[name]);
          return (
            <div key={name} className="flex flex-col gap-1">
              <label htmlFor={`${id}-${name}`} className="font-medium text-text">
                {LIMITS[name].label}
              </label>
              <input
                id={`${id}-${name}`}
                inputMode="numeric"
                autoComplete="off"
                value={fields[name]}
                aria-invalid={fault !== undefined}
                aria-describedby={`${id}-${name}-hint`}
                onChange={({ target }) => setFields({ ...fields, [name]: target.value })}
                className="h-7 w-32 rounded-[5px] border bg-sunken px-2 text-text aria-invalid:border-bad"
              />
              <span id={`${id}-${name}-hint`} className={`text-xs ${fault ? "text-bad" : ""}`}>
                {fault ?? LIMITS[name].hint}
              </span>
            </div>
          );
        })}
        <Switch
          label="Fetch downloads before a build"
          hint="In parallel; a file that is gone or has another checksum ends the run in seconds, with nothing changed."
          checked={fields.preflight}
          onChange={(preflight) => setFields({ ...fields, preflight })}
        />
        <Switch
          label="Keep going after a part fails"
          hint="Parts that do not use it are installed all the same. The run still counts as failed."
          checked={fields.keepGoing}
          onChange={(keepGoing) => setFields({ ...fields, keepGoing })}
        />
      </form>
    </Dialog>
  );
}

function Switch({
  label,
  hint,
  checked,
  onChange,
}: {
  readonly label: string;
  readonly hint: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <div className="flex items-start gap-2">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-describedby={`${id}-hint`}
        onChange={({ target }) => onChange(target.checked)}
        className="mt-1"
      />
      <div className="flex flex-col">
        <label htmlFor={id} className="font-medium text-text">
          {label}
        </label>
        <span id={`${id}-hint`} className="text-xs">
          {hint}
        </span>
      </div>
    </div>
  );
}
