"use client";
import { toProgramTone } from "@/lib/client/instance-words";
import type { PartitionInfo } from "@/lib/protocol/instances";
import { StateMark } from "./state-mark";

/** One partition: its programs with supervisord's states, and its promises. */
export function PartitionDetails({ partition }: { readonly partition: PartitionInfo }) {
  const { programs, promises } = partition;
  return (
    <section aria-label={`Partition ${partition.id}`} className="border-t py-1.5">
      <h4 className="flex items-baseline gap-2 px-3 text-xs font-medium">
        <span className="font-mono">{partition.id}</span>
        <span className="truncate font-normal text-muted">
          {[partition.softwareType, partition.state].filter(Boolean).join(" · ")}
        </span>
      </h4>
      <h5 className="px-3 pt-1.5 text-2xs font-semibold tracking-wide text-muted uppercase">Processes</h5>
      {programs.length === 0 ? (
        <p className="px-3 text-xs text-muted">None</p>
      ) : (
        <ul className="px-3">
          {programs.map((program) => (
            <li key={`${program.group}:${program.name}`} className="flex items-center gap-1.5 py-0.5 text-xs">
              <StateMark tone={toProgramTone(program)} />
              <span className="min-w-0 flex-1 truncate font-mono" data-tip={program.description}>
                {program.name}
              </span>
              <span className="text-2xs whitespace-nowrap text-muted">
                {program.state}
                {program.pid === undefined ? "" : ` · pid ${program.pid}`}
                {program.exitStatus === undefined || program.state === "RUNNING" ? "" : ` · exit ${program.exitStatus}`}
              </span>
            </li>
          ))}
        </ul>
      )}
      <h5 className="px-3 pt-1.5 text-2xs font-semibold tracking-wide text-muted uppercase">Promises</h5>
      {promises.length === 0 ? (
        <p className="px-3 text-xs text-muted">None checked yet</p>
      ) : (
        <ul className="px-3">
          {promises.map((promise) => (
            <li key={promise.name} className="flex items-start gap-1.5 py-0.5 text-xs">
              <span className="pt-0.5">
                <StateMark tone={promise.ok ? "good" : "bad"} />
              </span>
              <span className="min-w-0 flex-1">
                <span className="font-mono break-all">{promise.name}</span>
                <span className="ml-1.5 text-2xs text-muted">{promise.ok ? "kept" : "not kept"}</span>
                {promise.message && (
                  <span className={`block text-2xs break-words select-text ${promise.ok ? "text-muted" : "text-bad"}`}>
                    {promise.message}
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
