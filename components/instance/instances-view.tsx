"use client";
import { Box, Plus } from "lucide-react";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { IconButton } from "@/components/ui/icon-button";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeHealth, toPartitionTree } from "@/lib/client/instance-words";
import { describeKeys } from "@/lib/client/keymap";
import type { InstanceInfo } from "@/lib/protocol/instances";
import { ConnectionList } from "./connection-list";
import { InstanceHeader } from "./instance-header";
import { ParameterEditor } from "./parameter-editor";
import { PartitionDetails } from "./partition-details";
import { StateMark } from "./state-mark";

/** The instances of the project, and all of the chosen one: how it is, how to reach it, what it runs. */
export function InstancesView() {
  const app = useApp();
  const { runControl } = app;
  const { status, instances, error, selected } = useValue(runControl.instances.state);
  const chosen = instances.find(({ name }) => name === selected) ?? instances[0];
  if (status === "loading") {
    return (
      <div className="flex flex-col gap-2 p-4" role="status" aria-label="Reading the instances">
        <div className="skeleton h-5 w-3/5" />
        <div className="skeleton h-5 w-4/5" />
      </div>
    );
  }
  if (status === "failed") return <ErrorState error={error} onRetry={() => runControl.reload()} />;
  if (!chosen) {
    return (
      <EmptyState
        icon={<Box size={28} strokeWidth={1.5} />}
        title="No instance yet"
        action={
          <Button size="small" variant="primary" onClick={() => void runControl.run("instance")}>
            Run instance
          </Button>
        }
      >
        Run software builds a release; Run instance ({describeKeys("run.instance")}) then deploys and starts it, and its
        address appears here.
      </EmptyState>
    );
  }
  return (
    <div className="flex h-full min-h-0 flex-col overflow-y-auto" aria-live="off">
      {instances.length > 1 && (
        <div role="tablist" aria-label="Instances" className="flex flex-wrap gap-1 border-b px-2 py-1.5">
          {instances.map((instance) => (
            <button
              key={instance.name}
              type="button"
              role="tab"
              aria-selected={instance.name === chosen.name}
              onClick={() => runControl.instances.select(instance.name)}
              className={classNames(
                "flex items-center gap-1.5 rounded-[5px] px-2 py-0.5 text-xs",
                instance.name === chosen.name ? "bg-selected" : "hover:bg-hover",
              )}
            >
              <StateMark tone={describeHealth(instance).tone} />
              {instance.name}
            </button>
          ))}
        </div>
      )}
      <Instance key={chosen.name} instance={chosen} />
      <p className="border-t px-3 py-1.5">
        <button
          type="button"
          className="text-2xs text-muted underline underline-offset-2 hover:text-text"
          onClick={() => app.commands.execute("instance.partitions")}
        >
          Number of partitions…
        </button>
      </p>
    </div>
  );
}

function Instance({ instance }: { readonly instance: InstanceInfo }) {
  return (
    <article aria-label={`Instance ${instance.name}`} data-health={instance.health}>
      <InstanceHeader instance={instance} />
      <Heading>Connection</Heading>
      <ConnectionList connection={instance.connection} />
      <Heading>Parameters</Heading>
      <ParameterEditor instance={instance} />
      <Heading>Partitions</Heading>
      {instance.partitions.length === 0 ? (
        <p className="px-3 pb-2 text-xs text-muted">
          {instance.shared ? "None: another instance serves it." : "None yet: Run instance makes them."}
        </p>
      ) : (
        toPartitionTree(instance.partitions).map(({ partition }) => (
          <PartitionDetails key={partition.id} partition={partition} />
        ))
      )}
    </article>
  );
}

function Heading({ children }: { readonly children: string }) {
  return <h4 className="px-3 pt-2 pb-1 text-2xs font-semibold tracking-wide text-muted uppercase">{children}</h4>;
}

/** Beside the view's title. */
export function InstancesActions() {
  const app = useApp();
  return (
    <IconButton label="New instance" onClick={() => app.commands.execute("instance.add")}>
      <Plus size={15} />
    </IconButton>
  );
}
