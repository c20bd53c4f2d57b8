/**
 * `profile tree`: the files that a profile reaches by `extends`.
 *
 * For people, each file is opened once; where it comes again it is marked.
 */
import type { ExtendsNode } from "@/lib/buildout";
import { writeJson, writeOutput } from "./output";
import { locateDiagnostics, shortPath, showDiagnostic } from "./presentation";
import type { ProfileArguments } from "./profile-arguments";
import { openProfileSession, requireProfile } from "./profile-session";

export function run(args: ProfileArguments): number {
  const { analysis, resolve } = openProfileSession(args);
  const { graph } = resolve(requireProfile(args)).configuration;
  const problems = locateDiagnostics(analysis, graph.diagnostics);
  if (args.flags.has("--json")) {
    const files = graph.nodes.map((node) => ({
      path: node.profile.path,
      extends: node.children.map((child) => child.profile.path),
      sections: node.profile.sections.size,
      bytes: Buffer.byteLength(node.profile.syntax.text),
    }));
    writeJson({ files, problems }, args);
  } else if (graph.top !== undefined) writeOutput(drawTree(graph.top));
  for (const problem of problems) if (!args.flags.has("--json")) process.stderr.write(`${showDiagnostic(problem)}\n`);
  return problems.length > 0 ? 1 : 0;
}

function drawTree(top: ExtendsNode): string {
  const lines: string[] = [];
  const drawn = new Set<ExtendsNode>();
  const stack: { node: ExtendsNode; indent: string; mark: string; below: string }[] = [
    { node: top, indent: "", mark: "", below: "" },
  ];
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { node, indent, mark, below } = item;
    const again = drawn.has(node) && node.children.length > 0;
    lines.push(`${indent}${mark}${shortPath(node.profile.path)}${again ? "  (above)" : ""}`);
    if (drawn.has(node)) continue;
    drawn.add(node);
    const inner = indent + below;
    for (const [i, child] of [...node.children.entries()].reverse()) {
      const last = i === node.children.length - 1;
      stack.push({ node: child, indent: inner, mark: last ? "└─ " : "├─ ", below: last ? "   " : "│  " });
    }
  }
  return `${lines.join("\n")}\n`;
}
