"use client";
import { CircleCheck, CircleX, Info, TriangleAlert } from "lucide-react";
import { useMemo, useState } from "react";
import { EmptyState } from "@/components/ui/empty-state";
import { FileIcon } from "@/components/ui/file-icon";
import { Tree, type TreeItem } from "@/components/ui/tree";
import { useApp, useValue } from "@/components/workbench/app-context";
import { toName, toParent } from "@/lib/client/file-tree";
import { listProblems, type Problem, type ProblemSeverity } from "@/lib/client/problems";
import { useDiagnostics } from "./use-diagnostics";
import { useRunProblems } from "./use-run-problems";

const SEVERITIES = {
  error: { icon: CircleX, name: "Error", colour: "text-bad" },
  warning: { icon: TriangleAlert, name: "Warning", colour: "text-warn" },
  information: { icon: Info, name: "Note", colour: "text-accent" },
} as const;

type Row = TreeItem & { readonly path: string; readonly problem?: Problem; readonly count: number };

/** What is wrong in the open files, and what the last runs failed of and warned of, grouped by file. */
export function ProblemsPanel() {
  const app = useApp();
  const diagnostics = useDiagnostics();
  const language = useValue(app.language);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [selected, setSelected] = useState<string>();
  const ofRuns = useRunProblems();
  const files = useMemo(() => listProblems(diagnostics, ofRuns), [diagnostics, ofRuns]);
  const rows = useMemo(
    () =>
      files.flatMap(({ path, problems }): Row[] => {
        const expanded = !closed.has(path);
        const file: Row = { key: path, label: toName(path), depth: 0, expanded, path, count: problems.length };
        if (!expanded) return [file];
        return [
          file,
          ...problems.map((problem, index): Row => {
            const key = `${path}:${index}`;
            return { key, label: problem.message, depth: 1, expanded: undefined, path, problem, count: 0 };
          }),
        ];
      }),
    [files, closed],
  );
  if (rows.length === 0) {
    return (
      <EmptyState icon={<CircleCheck size={28} strokeWidth={1.5} />} title="No problems in the open files">
        {language
          ? "Profiles are checked as you type, with everything they extend."
          : "The language service is starting."}
      </EmptyState>
    );
  }
  const open = ({ problem }: Row, focus: boolean) => {
    if (problem) app.editors.openFile(problem, { preview: !focus, focus });
  };
  const toggle = ({ path }: Row) => {
    const next = new Set(closed);
    if (!next.delete(path)) next.add(path);
    setClosed(next);
  };
  return (
    <Tree
      label="Problems"
      items={rows}
      selected={selected}
      onSelect={({ key }) => setSelected(key)}
      onToggle={toggle}
      onOpen={(row, { keep }) => (row.problem ? open(row, keep) : toggle(row))}
    >
      {(row, isSelected) => (
        <div
          className={`flex h-full items-center gap-2 pr-3 text-xs ${isSelected ? "bg-selected" : "hover:bg-hover"}`}
          style={{ paddingLeft: 12 + row.depth * 18 }}
          title={row.problem?.message}
        >
          {row.problem ? <ProblemLine problem={row.problem} /> : <FileLine path={row.path} count={row.count} />}
        </div>
      )}
    </Tree>
  );
}

function FileLine({ path, count }: { readonly path: string; readonly count: number }) {
  return (
    <>
      <FileIcon path={path} />
      <span className="font-medium">{toName(path)}</span>
      <span className="min-w-0 truncate text-faint">{toParent(path)}</span>
      <span className="rounded-full bg-pressed px-1.5 text-2xs text-muted">{count}</span>
    </>
  );
}

function ProblemLine({ problem }: { readonly problem: Problem }) {
  return (
    <>
      <SeverityIcon severity={problem.severity} isStale={problem.isStale ?? false} />
      <span className={`min-w-0 truncate ${problem.isStale ? "text-faint" : ""}`}>
        {problem.message.split("\n")[0]}
      </span>
      <span className="ml-auto shrink-0 text-faint">
        {problem.isStale && "edited since · "}
        <span className="max-[700px]:hidden">
          {problem.source}
          {problem.code ? ` ${problem.code}` : ""}{" "}
        </span>
        [{problem.line}:{problem.column}]
      </span>
    </>
  );
}

function SeverityIcon({ severity, isStale }: { readonly severity: ProblemSeverity; readonly isStale: boolean }) {
  const { icon: Icon, name, colour } = SEVERITIES[severity === "hint" ? "information" : severity];
  const label = isStale ? `${name} before the file was edited` : name;
  return <Icon size={14} className={`shrink-0 ${isStale ? "text-faint" : colour}`} aria-label={label} />;
}
