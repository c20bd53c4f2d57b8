"use client";
import type { ReactNode } from "react";
import { useApp, useValue } from "@/components/workbench/app-context";
import { isSecretName, unpackSerialised } from "@/lib/client/instance-words";
import type { InstanceInfo, PartitionInfo } from "@/lib/protocol/instances";
import { ConnectionList } from "./connection-list";
import { INSTANCE_TAB } from "./instance-actions";

/** What a partition was given and what it gives: connection and applied parameters, the shared instances that it serves. */
export function PartitionFacts({
  instance,
  partition,
}: {
  readonly instance: InstanceInfo;
  readonly partition: PartitionInfo;
}) {
  const app = useApp();
  const { runControl } = app;
  const { instances } = useValue(runControl.instances.state);
  const guests = instances.filter(
    ({ shared, profile, softwareType }) =>
      shared &&
      profile === instance.profile &&
      (softwareType ?? "default") === (instance.softwareType ?? "default") &&
      partition.parent === undefined,
  );
  const parameters = Object.entries(unpackSerialised(partition.parameters));
  return (
    <aside aria-label={`About ${partition.id}`} className="border-l max-[1100px]:border-t max-[1100px]:border-l-0">
      <Part title="Connection">
        <ConnectionList connection={partition.connection} />
      </Part>
      <Part title="Applied parameters">
        {parameters.length === 0 ? (
          <p className="px-3 text-xs text-muted">None: what the release has by default.</p>
        ) : (
          <dl className="px-3 text-xs">
            {parameters.map(([name, value]) => (
              <div key={name} className="flex gap-2 py-px">
                <dt className="shrink-0 text-muted">{name}</dt>
                <dd className="min-w-0 font-mono break-all select-text">
                  {isSecretName(name) ? "••••••••" : typeof value === "string" ? value : JSON.stringify(value)}
                </dd>
              </div>
            ))}
          </dl>
        )}
      </Part>
      {guests.length > 0 && (
        <Part title="Shared instances">
          <ul className="px-3 text-xs">
            {guests.map(({ name }) => (
              <li key={name}>
                <button
                  type="button"
                  className="text-accent underline underline-offset-2"
                  onClick={() => app.editors.openView(INSTANCE_TAB, name, name)}
                >
                  {name}
                </button>
              </li>
            ))}
          </ul>
        </Part>
      )}
    </aside>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="py-1.5">
      <h5 className="px-3 pb-0.5 text-2xs font-semibold tracking-wide text-muted uppercase">{title}</h5>
      {children}
    </section>
  );
}
