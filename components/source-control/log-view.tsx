"use client";
import { Search } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { EmptyState } from "@/components/ui/empty-state";
import { useApp, useValue } from "@/components/workbench/app-context";
import { CommitDetails } from "./commit-details";
import { CommitList } from "./commit-list";
import { useAnswer, useHistoryMark } from "./use-answer";
import { useGitLog } from "./use-git-log";

/** Time after the last key until the log is searched. */
const SEARCH_AFTER_MS = 250;

interface LogKey {
  readonly path?: string;
  readonly from?: string;
}

function fromKey(key: string): LogKey {
  const colon = key.indexOf(":");
  const rest = key.slice(colon + 1);
  if (key.startsWith("file:")) return { path: rest };
  if (key.startsWith("from:")) return { from: rest };
  return {};
}

/** The log as an editor tab: the graph of everything, of one branch or of one file, and the chosen commit beside it. */
export function LogView({ viewKey }: { readonly viewKey: string }) {
  const app = useApp();
  const key = useMemo(() => fromKey(viewKey), [viewKey]);
  const [from, setFrom] = useState(key.from);
  const [text, setText] = useState("");
  const [searched, setSearched] = useState("");
  const [own, setOwn] = useState<string>();
  // The log of everything is the one that other views open commits in.
  const isMain = viewKey === "all";
  const pointed = useValue(app.selectedCommit);
  const selected = isMain ? pointed : own;
  const setSelected = (id: string): void => (isMain ? app.selectedCommit.setState(id, true) : setOwn(id));
  useEffect(() => {
    const timer = setTimeout(() => setSearched(text.trim()), SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const log = useGitLog({
    ...(from !== undefined && { from }),
    ...(key.path !== undefined && { path: key.path }),
    ...(searched !== "" && { text: searched }),
  });
  const { commits, more } = useValue(log.state);
  const branches = useAnswer(() => app.git.ask((at) => app.api.listGitBranches(at)), useHistoryMark());
  const shown = commits.find(({ id }) => id === selected);
  const names = branches.value?.branches.map(({ name }) => name) ?? [];
  return (
    <div className="@container flex h-full min-h-0 flex-col">
      <header className="flex shrink-0 flex-wrap items-center gap-2 border-b px-3 py-1.5 text-xs">
        {key.path === undefined ? (
          <label className="flex items-center gap-1.5">
            <span className="text-muted">Of</span>
            <select
              className="field h-6 w-44 py-0 text-xs"
              value={from ?? ""}
              onChange={(event) => setFrom(event.target.value === "" ? undefined : event.target.value)}
            >
              <option value="">all branches and tags</option>
              <option value="HEAD">HEAD</option>
              {names.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        ) : (
          <h2 className="min-w-0 truncate">
            History of <span className="font-mono">{key.path}</span>
            <span className="text-faint">, through renames</span>
          </h2>
        )}
        {key.path === undefined && (
          <label className="relative min-w-40 flex-1">
            <Search size={13} aria-hidden className="absolute top-1.5 left-2 text-faint" />
            <input
              className="field h-6 py-0 pl-7 text-xs"
              type="search"
              aria-label="Search the log"
              placeholder="Message, author or id"
              value={text}
              spellCheck={false}
              onChange={(event) => setText(event.target.value)}
            />
          </label>
        )}
        <span className="ml-auto shrink-0 text-faint" role="status">
          {commits.length}
          {more ? "+" : ""} {commits.length === 1 && !more ? "commit" : "commits"}
        </span>
      </header>
      <div className="flex min-h-0 flex-1 flex-col @3xl:flex-row">
        <div className="@container min-h-0 min-w-0 flex-[3]">
          <CommitList
            log={log}
            label={key.path === undefined ? "Commits" : `Commits of ${key.path}`}
            selected={selected}
            onSelect={({ id }) => setSelected(id)}
            onOpen={({ id }) => setSelected(id)}
          />
        </div>
        <div className="min-h-0 min-w-0 flex-[2] border-t @3xl:border-t-0 @3xl:border-l">
          {selected === undefined ? (
            <EmptyState title="Choose a commit">Its message and its files are shown here.</EmptyState>
          ) : (
            <CommitDetails key={selected} id={selected} refs={shown?.refs ?? []} />
          )}
        </div>
      </div>
    </div>
  );
}
