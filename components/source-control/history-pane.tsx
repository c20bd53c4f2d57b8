"use client";
import { ChevronDown, ChevronUp } from "lucide-react";
import { IconButton } from "@/components/ui/icon-button";
import { Resizer } from "@/components/ui/resizer";
import { Tabs } from "@/components/ui/tabs";
import { useApp, useValue } from "@/components/workbench/app-context";
import { BranchList } from "./branch-list";
import { openCommit } from "./commit-actions";
import { CommitList } from "./commit-list";
import { StashList } from "./stash-list";
import { TagList } from "./tag-list";
import { useGitLog } from "./use-git-log";

const TABS = [
  { id: "graph", title: "Graph", component: GraphList },
  { id: "branches", title: "Branches", component: BranchList },
  { id: "stashes", title: "Stashes", component: StashList },
  { id: "tags", title: "Tags", component: TagList },
] as const;

const MIN_HEIGHT = 90;

/** The lower half of Source Control: the graph of everything, and the names that commits have. */
export function HistoryPane() {
  const { layout } = useApp();
  const { historyOpen, historyHeight, historyTab } = useValue(layout.state);
  const shown = TABS.find(({ id }) => id === historyTab) ?? TABS[0];
  const View = shown.component;
  return (
    <>
      {historyOpen && (
        <Resizer
          label="Height of the history"
          axis="y"
          grows="before"
          value={historyHeight}
          min={MIN_HEIGHT}
          max={Math.max(window.innerHeight - 320, MIN_HEIGHT)}
          onChange={(height) => layout.state.setState({ historyHeight: height })}
          onReset={() => layout.state.setState({ historyHeight: 260 })}
        />
      )}
      <section
        aria-label="History"
        className="flex max-h-[60%] min-h-8 flex-col border-t"
        style={historyOpen ? { height: historyHeight } : undefined}
      >
        <div className="flex h-8 shrink-0 items-center justify-between border-b pr-1.5">
          <div className="min-w-0 flex-1 self-stretch overflow-x-auto overflow-y-hidden [&_[role=tab]]:px-2">
            <Tabs
              label="History views"
              items={TABS.map(({ id, title }) => ({ id: `git-${id}`, title }))}
              selected={`git-${shown.id}`}
              onSelect={(id) => layout.state.setState({ historyTab: id.slice("git-".length), historyOpen: true })}
            />
          </div>
          <IconButton
            label={historyOpen ? "Hide the history" : "Show the history"}
            aria-expanded={historyOpen}
            size={20}
            onClick={() => layout.state.setState({ historyOpen: !historyOpen })}
          >
            {historyOpen ? <ChevronDown size={14} /> : <ChevronUp size={14} />}
          </IconButton>
        </div>
        {historyOpen && (
          <div
            id={`git-${shown.id}-panel`}
            role="tabpanel"
            aria-labelledby={`git-${shown.id}-tab`}
            className="min-h-0 flex-1 overflow-hidden"
          >
            <View />
          </div>
        )}
      </section>
    </>
  );
}

const EVERYTHING = {};

function GraphList() {
  const app = useApp();
  const log = useGitLog(EVERYTHING);
  const selected = useValue(app.selectedCommit);
  return (
    <CommitList
      compact
      log={log}
      label="Graph"
      selected={selected}
      onSelect={({ id }) => app.selectedCommit.setState(id, true)}
      onOpen={({ id }) => openCommit(app, id)}
    />
  );
}
