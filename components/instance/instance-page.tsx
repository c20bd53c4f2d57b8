"use client";
import { useState } from "react";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { Tabs } from "@/components/ui/tabs";
import { useApp, useValue } from "@/components/workbench/app-context";
import { toPartitionTone, toPartitionTree } from "@/lib/client/instance-words";
import type { InstanceInfo } from "@/lib/protocol/instances";
import { ConnectionList } from "./connection-list";
import { InstanceHeader } from "./instance-header";
import { LogFiles } from "./log-files";
import { ParameterEditor } from "./parameter-editor";
import { PartitionBrowser } from "./partition-browser";
import { PartitionDetails } from "./partition-details";
import { StateMark } from "./state-mark";
import { VersionList } from "./version-list";

const TABS = [
  { id: "partition", title: "Processes and promises" },
  { id: "parameters", title: "Parameters" },
  { id: "logs", title: "Logs" },
  { id: "files", title: "Files" },
  { id: "versions", title: "History" },
] as const;
type TabId = (typeof TABS)[number]["id"];

/** All of one instance in an editor tab: its partitions as a tree, and of the chosen one everything that can be seen. */
export function InstancePage({ viewKey }: { readonly viewKey: string }) {
  const { runControl } = useApp();
  const { instances, status } = useValue(runControl.instances.state);
  const instance = instances.find(({ name }) => name === viewKey);
  if (!instance) {
    return (
      <EmptyState title={status === "loading" ? "Reading the instances …" : `There is no instance ${viewKey}`}>
        {status !== "loading" && "It was destroyed. Close the tab to go on."}
      </EmptyState>
    );
  }
  return <Instance instance={instance} />;
}

function Instance({ instance }: { readonly instance: InstanceInfo }) {
  const [tab, setTab] = useState<TabId>("partition");
  const [chosen, setChosen] = useState<string>();
  const [log, setLog] = useState<string>();
  const tree = toPartitionTree(instance.partitions);
  const partition = instance.partitions.find(({ id }) => id === chosen) ?? tree[0]?.partition;
  const hasPartition = partition !== undefined;
  const showLog = (path: string) => {
    setLog(path);
    setTab("logs");
  };
  const isWhole = tab === "parameters" || tab === "versions";
  return (
    <article
      aria-label={`Instance ${instance.name}`}
      className="flex h-full min-h-0 flex-col"
      data-health={instance.health}
    >
      <InstanceHeader instance={instance} isInTab />
      <div className="h-8 shrink-0 border-b px-1">
        <Tabs label="Views of the instance" items={TABS} selected={tab} onSelect={(id) => setTab(id as TabId)} />
      </div>
      <div id={`${tab}-panel`} role="tabpanel" aria-labelledby={`${tab}-tab`} className="flex min-h-0 flex-1">
        {tree.length > 1 && !isWhole && (
          <ul aria-label="Partitions" className="w-48 shrink-0 overflow-auto border-r py-1 text-xs">
            {tree.map(({ partition: each, depth }) => (
              <li key={each.id}>
                <button
                  type="button"
                  aria-current={each.id === partition?.id}
                  onClick={() => {
                    setChosen(each.id);
                    setLog(undefined);
                  }}
                  style={{ paddingLeft: 8 + depth * 12 }}
                  className={classNames(
                    "flex w-full items-center gap-1.5 py-0.5 pr-2 text-left",
                    each.id === partition?.id ? "bg-selected" : "hover:bg-hover",
                  )}
                >
                  <StateMark tone={toPartitionTone(each)} />
                  <span className="min-w-0 flex-1 truncate">{each.instance ?? each.id}</span>
                  <span className="font-mono text-2xs text-faint">{each.id}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        <div className="min-h-0 min-w-0 flex-1 overflow-auto">
          {tab === "parameters" && (
            <div className="max-w-3xl pt-2">
              <ParameterEditor instance={instance} />
            </div>
          )}
          {tab === "versions" && <VersionList instance={instance} />}
          {!isWhole && !hasPartition && (
            <div className="p-3 text-xs text-muted">
              {instance.shared ? (
                <>
                  It is shared: another instance serves it.
                  <ConnectionList connection={instance.connection} />
                </>
              ) : (
                "It has no partition yet: Run instance makes one."
              )}
            </div>
          )}
          {tab === "partition" && partition && (
            <div className="max-w-3xl">
              <PartitionDetails partition={partition} onShowLog={showLog} />
              <h5 className="px-3 pt-1.5 text-2xs font-semibold tracking-wide text-muted uppercase">Connection</h5>
              <ConnectionList connection={partition.connection} />
            </div>
          )}
          {tab === "logs" && partition && <LogFiles partition={partition} selected={log} onSelect={setLog} />}
          {tab === "files" && partition && <PartitionBrowser key={partition.id} partition={partition.id} />}
        </div>
      </div>
    </article>
  );
}
