"use client";
import { Play, ScrollText } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { Spinner } from "@/components/ui/spinner";
import { useApp } from "@/components/workbench/app-context";
import type { PartitionInfo, PromiseCheckInfo } from "@/lib/protocol/instances";
import { StateMark } from "./state-mark";

/** The promises of a partition as they were checked last; each, or all, can be checked now. */
export function PromiseList({
  partition,
  onShowLog,
}: {
  readonly partition: PartitionInfo;
  readonly onShowLog?: (log: string) => void;
}) {
  const app = useApp();
  /** Name of the one that is being checked; empty for all. */
  const [checking, setChecking] = useState<string>();
  const { promises } = partition;
  const check = (name?: string) => {
    setChecking(name ?? "");
    app.runControl.instances
      .checkPromises(partition.id, name)
      .catch((error: unknown) => app.showError(error))
      .finally(() => setChecking(undefined));
  };
  return (
    <>
      {promises.length === 0 ? (
        <p className="px-3 text-xs text-muted">None checked yet</p>
      ) : (
        <ul className="px-3" aria-label={`Promises of ${partition.id}`}>
          {promises.map((promise) => (
            <PromiseRow
              key={promise.name}
              promise={promise}
              isChecking={checking === "" || checking === promise.name}
              isBlocked={checking !== undefined}
              onCheck={() => check(promise.name)}
              onShowLog={onShowLog && (() => onShowLog(`.slapgrid/promise/log/${promise.name}.log`))}
            />
          ))}
        </ul>
      )}
      {promises.length > 1 && (
        <div className="px-3 pt-0.5">
          <Button size="small" variant="ghost" disabled={checking !== undefined} onClick={() => check()}>
            Check all now
          </Button>
        </div>
      )}
    </>
  );
}

function PromiseRow({
  promise,
  isChecking,
  isBlocked,
  onCheck,
  onShowLog,
}: {
  readonly promise: PromiseCheckInfo;
  readonly isChecking: boolean;
  readonly isBlocked: boolean;
  readonly onCheck: () => void;
  readonly onShowLog: (() => void) | undefined;
}) {
  const { name, ok, message, checkedAt } = promise;
  return (
    <li className="flex items-start gap-1.5 py-0.5 text-xs" data-promise={name} data-ok={ok}>
      <span className="pt-0.5">
        <StateMark tone={ok ? "good" : "bad"} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="font-mono break-all">{name}</span>
        <span className="ml-1.5 text-2xs text-muted">
          {ok ? "kept" : "not kept"}
          {checkedAt ? ` at ${new Date(checkedAt).toLocaleTimeString()}` : ""}
        </span>
        {message && (
          <span
            className={`block text-2xs break-words whitespace-pre-wrap select-text ${ok ? "text-muted" : "text-bad"}`}
          >
            {message}
          </span>
        )}
      </span>
      {isChecking ? (
        <Spinner size={12} label={`${name} is being checked`} />
      ) : (
        <IconButton label={`Check ${name} now`} size={20} disabled={isBlocked} onClick={onCheck}>
          <Play size={12} />
        </IconButton>
      )}
      {onShowLog && (
        <IconButton label={`Log of the promise ${name}`} size={20} onClick={onShowLog}>
          <ScrollText size={12} />
        </IconButton>
      )}
    </li>
  );
}
