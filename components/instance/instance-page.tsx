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
import { LastRun } from "./last-run";
import { LogFiles } from "./log-files";
import { ParameterEditor } from "./parameter-editor";
import { PartitionBrowser } from "./partition-browser";
import { PartitionDetails } from "./partition-details";
import { PartitionFacts } from "./partition-facts";
import { StateMark } from "./state-mark";
import { VersionList } from "./version-list";
import { WhyPanel } from "./why-panel";

const TABS = [
  { id: "partition", title: "Processes and promises" },
  { id: "parameters", title: "Parameters" },
  { id: "logs", title: "Logs" },
  { id: "files", title: "Files" },
  { id: "run", title: "Last run" },
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
  const [file, setFile] = useState<string>();
  const tree = toPartitionTree(instance.partitions);
  const partition = instance.partitions.find(({ id }) => id === chosen) ?? tree[0]?.partition;
  const choose = (id: string) => {
    setChosen(id);
    setLog(undefined);
    setFile(undefined);
  };
  const showLog = (id: string, path: string) => {
    choose(id);
    setLog(path);
    setTab("logs");
  };
  const showFile = (path: string) => {
    setFile(path);
    setTab("files");
  };
  const isWhole = tab === "parameters" || tab === "versions";
  return (
    <article
      aria-label={`Instance ${instance.name}`}
      className="flex h-full min-h-0 flex-col"
      data-health={instance.health}
    >
      <InstanceHeader instance={instance} isInTab />
      {tree.length > 1 && <PartitionBar instance={instance} selected={partition?.id} onSelect={choose} />}
      <div className="h-8 shrink-0 overflow-x-auto border-b px-1">
        <Tabs label="Views of the instance" items={TABS} selected={tab} onSelect={(id) => setTab(id as TabId)} />
      </div>
      <div id={`${tab}-panel`} role="tabpanel" aria-labelledby={`${tab}-tab`} className="min-h-0 flex-1 overflow-auto">
        {tab === "parameters" && (
          <div className="max-w-3xl pt-2">
            <ParameterEditor instance={instance} />
          </div>
        )}
        {tab === "versions" && <VersionList instance={instance} />}
        {tab === "run" && <LastRun instance={instance.name} partition={tree.length > 1 ? partition?.id : undefined} />}
        {!isWhole && tab !== "run" && !partition && (
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
          <>
            <WhyPanel instance={instance} onShowLog={showLog} />
            <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,22rem)] max-[1100px]:grid-cols-1">
              <PartitionDetails
                partition={partition}
                onShowLog={(path) => showLog(partition.id, path)}
                onShowFile={showFile}
              />
              <PartitionFacts instance={instance} partition={partition} />
            </div>
          </>
        )}
        {tab === "logs" && partition && <LogFiles partition={partition} selected={log} onSelect={setLog} />}
        {tab === "files" && partition && (
          <PartitionBrowser key={`${partition.id} ${file}`} partition={partition.id} opened={file} />
        )}
      </div>
    </article>
  );
}

/** The partitions of an instance in the order of the tree, each with how it is. */
function PartitionBar({
  instance,
  selected,
  onSelect,
}: {
  readonly instance: InstanceInfo;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
}) {
  return (
    <ul aria-label="Partitions" className="flex flex-wrap items-center gap-1 border-t px-2 py-1 text-xs">
      {toPartitionTree(instance.partitions).map(({ partition, depth }) => (
        <li key={partition.id} className="flex items-center">
          {depth > 0 && (
            <span className="px-1 text-faint" aria-hidden>
              {"›".repeat(depth)}
            </span>
          )}
          <button
            type="button"
            aria-current={partition.id === selected}
            onClick={() => onSelect(partition.id)}
            data-tip={`${partition.id} ${partition.softwareType ?? ""}`}
            className={classNames(
              "flex items-center gap-1.5 rounded-[5px] px-2 py-0.5",
              partition.id === selected ? "bg-selected" : "hover:bg-hover",
            )}
          >
            <StateMark tone={toPartitionTone(partition)} />
            <span className="font-mono text-2xs text-muted">{partition.id}</span>
            {partition.instance ?? ""}
          </button>
        </li>
      ))}
    </ul>
  );
}
