"use client";
import dynamic from "next/dynamic";
import { useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { FileIcon } from "@/components/ui/file-icon";
import { Spinner } from "@/components/ui/spinner";
import { Tree } from "@/components/ui/tree";
import { useApp } from "@/components/workbench/app-context";
import { toName, toParent } from "@/lib/client/file-tree";
import type { ExtendsViewInfo } from "@/lib/protocol/language";
import { toExtendsRows } from "./extends-rows";
import { PlaceLink } from "./place-link";
import { ProfileFrame } from "./profile-frame";
import { fromProfileKey } from "./profile-key";
import { useProfile } from "./use-profile";

// The graph's library is 60 KB that only who looks at the graph needs.
const ExtendsGraph = dynamic(() => import("./extends-graph").then(({ ExtendsGraph }) => ExtendsGraph), {
  ssr: false,
  loading: () => (
    <div className="grid h-full place-items-center">
      <Spinner label="Loading the graph" />
    </div>
  ),
});

/** What a profile extends, as a tree or as a graph; what cannot be read and what leads in a circle is marked. */
export function ExtendsView({ viewKey }: { readonly viewKey: string }) {
  const { path } = fromProfileKey(viewKey);
  const [asGraph, setAsGraph] = useState(false);
  const found = useProfile("buildout/extends", path, {});
  return (
    <ProfileFrame
      title="Extends"
      detail={path}
      found={found}
      tools={
        <>
          {found.state === "here" && <Summary info={found.answer} />}
          <Button size="small" onClick={() => setAsGraph(!asGraph)}>
            {asGraph ? "As a tree" : "As a graph"}
          </Button>
        </>
      }
    >
      {(info) => (
        <div className="flex h-full flex-col">
          {info.problems.length > 0 && (
            <ul className="shrink-0 border-b px-4 py-2 text-xs">
              {info.problems.map(({ place, message }) => (
                <li key={`${place.path}:${place.line}:${message}`} className="flex gap-2">
                  <PlaceLink place={place} /> <span className="text-bad">{message}</span>
                </li>
              ))}
            </ul>
          )}
          <div className="min-h-0 flex-1">{asGraph ? <ExtendsGraph info={info} /> : <ExtendsTree info={info} />}</div>
        </div>
      )}
    </ProfileFrame>
  );
}

function Summary({ info }: { readonly info: ExtendsViewInfo }) {
  const read = info.files.filter(({ missing }) => !missing);
  const sections = read.reduce((sum, file) => sum + file.sections, 0);
  const edges = read.reduce((sum, file) => sum + file.extends.length, 0);
  return (
    <span className="text-xs text-muted">
      {read.length} files, {edges} extends, {sections} sections
    </span>
  );
}

function ExtendsTree({ info }: { readonly info: ExtendsViewInfo }) {
  const app = useApp();
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [selected, setSelected] = useState<string>();
  const rows = useMemo(() => toExtendsRows(info, toggled), [info, toggled]);
  const toggle = (key: string) => {
    const next = new Set(toggled);
    if (!next.delete(key)) next.add(key);
    setToggled(next);
  };
  const open = (path: string) => {
    if (!/^https?:/.test(path)) app.editors.openFile({ path });
  };
  return (
    <Tree
      label="Extended files"
      items={rows}
      selected={selected}
      onSelect={({ key }) => setSelected(key)}
      onToggle={({ key }) => toggle(key)}
      onOpen={({ path }) => open(path)}
    >
      {({ path, depth, expanded, file, mark }, isSelected) => (
        <div
          className={`flex h-full items-center gap-1.5 pr-3 text-xs ${isSelected ? "bg-selected" : "hover:bg-hover"}`}
          style={{ paddingLeft: 10 + depth * 16 }}
        >
          <span aria-hidden className="w-3 text-faint">
            {expanded === undefined ? "" : expanded ? "▾" : "▸"}
          </span>
          <FileIcon path={path} />
          {/* biome-ignore lint/a11y/noStaticElementInteractions: Enter on the row opens the file too */}
          <span
            className={mark === "missing" ? "text-bad line-through" : mark === "cycle" ? "text-warn" : ""}
            onDoubleClick={() => open(path)}
          >
            {toName(path)}
          </span>
          <span className="min-w-0 truncate text-faint">{toParent(path)}</span>
          {mark === "missing" && <span className="shrink-0 text-bad">cannot be read</span>}
          {mark === "cycle" && <span className="shrink-0 text-warn">leads back, left out</span>}
          {mark === "again" && <span className="shrink-0 text-faint">above</span>}
          {!mark && file && (
            <span className="ml-auto shrink-0 text-2xs text-faint">
              {file.sections} sections, {file.options} options, {(file.sizeBytes / 1024).toFixed(1)} KB
            </span>
          )}
        </div>
      )}
    </Tree>
  );
}
