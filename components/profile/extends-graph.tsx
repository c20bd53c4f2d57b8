"use client";
import "@xyflow/react/dist/style.css";
import { Background, Controls, type Edge, MiniMap, type Node, Position, ReactFlow } from "@xyflow/react";
import { useMemo } from "react";
import { useApp } from "@/components/workbench/app-context";
import { toName, toParent } from "@/lib/client/file-tree";
import type { ExtendsViewInfo } from "@/lib/protocol/language";
import { placeFiles } from "./graph-layout";

/** Arrows go from a profile to what it extends; a double click opens a file. */
export function ExtendsGraph({ info }: { readonly info: ExtendsViewInfo }) {
  const app = useApp();
  const nodes = useMemo(() => toNodes(info), [info]);
  const edges = useMemo(() => toEdges(info), [info]);
  return (
    <ReactFlow
      aria-label="Graph of extended files"
      nodes={nodes}
      edges={edges}
      fitView
      minZoom={0.05}
      nodesConnectable={false}
      onlyRenderVisibleElements
      colorMode="system"
      onNodeDoubleClick={(_event, { id }) => {
        if (!/^https?:/.test(id)) app.editors.openFile({ path: id });
      }}
    >
      <Background />
      <Controls showInteractive={false} />
      <MiniMap pannable zoomable />
    </ReactFlow>
  );
}

function toNodes(info: ExtendsViewInfo): Node[] {
  const byPath = new Map(info.files.map((file) => [file.path, file]));
  return placeFiles(info).map(({ path, x, y }): Node => {
    const file = byPath.get(path);
    const size = file?.missing ? "cannot be read" : `${file?.sections ?? 0} sections, ${file?.options ?? 0} options`;
    const inCycle = (file?.cycles.length ?? 0) > 0;
    const color = file?.missing ? "var(--bad)" : inCycle ? "var(--warn)" : "var(--line-strong)";
    return {
      id: path,
      position: { x, y },
      data: {
        label: (
          <span title={path}>
            <b>{toName(path)}</b>
            <br />
            <span style={{ opacity: 0.75 }}>
              {toParent(path)} · {size}
            </span>
          </span>
        ),
      },
      sourcePosition: Position.Right,
      targetPosition: Position.Left,
      style: {
        width: 240,
        fontSize: 10,
        padding: 5,
        overflow: "hidden",
        whiteSpace: "nowrap",
        background: "var(--raised)",
        color: "var(--text)",
        borderColor: color,
      },
    };
  });
}

function toEdges({ files }: ExtendsViewInfo): Edge[] {
  return files.flatMap(({ path, extends: extended, cycles }) => [
    ...extended.map((to): Edge => ({ id: `${path}>${to}`, source: path, target: to })),
    ...cycles.map(
      (to): Edge => ({
        id: `${path}>${to} cycle`,
        source: path,
        target: to,
        animated: true,
        label: "leads back",
        style: { stroke: "var(--warn)" },
      }),
    ),
  ]);
}
