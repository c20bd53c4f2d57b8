/**
 * The files that a profile reaches by `extends`, as a graph.
 *
 * Buildout reads a file once for each path that leads to it, which is exponential in the depth. The sequence of those
 * readings is never made here: the two orders that matter (by first and by last reading) follow from walking the graph
 * once each, and what depends on repetition walks only the paths that contribute.
 *
 * Invariant: the graph has no cycle; a reference that would close one is left out and reported.
 */
import { createDiagnostic, type Diagnostic, stopsLoading } from "./diagnostics";
import { baseNameOf, joinPath } from "./paths";
import type { ExtendsReference, Profile, ProfileSection } from "./profile";

export interface ReadFailure {
  readonly problem: "missing" | "unreadable" | "not-text" | "url-unavailable";
  readonly message: string;
}

export interface ExtendsNode {
  readonly index: number;
  readonly profile: Profile;
  readonly children: ExtendsNode[];
  readonly sections: ReadonlyMap<string, ProfileSection>;
}

export interface ExtendsGraph {
  /** Undefined if the profile itself cannot be read. */
  readonly top: ExtendsNode | undefined;
  /** In the order of the first reading: a file before those it extends. */
  readonly nodes: readonly ExtendsNode[];
  /** In the order in which their contents are first merged: a file after those it extends. */
  readonly byFirstMerge: readonly ExtendsNode[];
  /** In the order in which their contents are last merged: what comes later wins. */
  readonly byLastMerge: readonly ExtendsNode[];
  /** All paths the graph depends on, those that could not be read too. */
  readonly paths: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
  /** How many of the nodes buildout would have read when it stopped for an error; undefined if it would not stop. */
  readonly readBeforeFailure: number | undefined;
}

export interface GraphInput {
  load(path: string): Profile | ReadFailure;
  /** For `optional-extends`: names are looked for from the working directory, but read from the file's own. */
  exists(path: string): boolean;
  readonly workingDirectory: string;
  /** The file behind a name that a template engine will replace; other names stand for themselves. */
  toPath?(name: string): string;
}

const FAILURE_CODES = {
  missing: "load/missing-file",
  unreadable: "load/unreadable-file",
  "not-text": "load/not-text",
  "url-unavailable": "load/url-unavailable",
} as const;

/** Names a file as the profile does: where it lies on the machine is nobody's business. */
function describe({ problem, message }: ReadFailure, name: string): string {
  if (problem === "missing") return `There is no file ${name}.`;
  if (problem === "unreadable") return `${name} cannot be read.`;
  return problem === "not-text" ? `${name} is not UTF-8 text.` : message;
}

interface Frame {
  readonly node: ExtendsNode;
  next: number;
}

export function buildExtendsGraph(topPath: string, input: GraphInput): ExtendsGraph {
  const nodes: ExtendsNode[] = [];
  const byFirstMerge: ExtendsNode[] = [];
  const diagnostics: Diagnostic[] = [];
  const known = new Map<string, ExtendsNode>();
  const paths = new Set<string>([topPath]);
  const open = new Set<ExtendsNode>();
  const stack: Frame[] = [];

  let readBeforeFailure: number | undefined;
  const fail = (): void => {
    readBeforeFailure ??= nodes.length;
  };

  const enter = (profile: Profile): ExtendsNode => {
    const node: ExtendsNode = { index: nodes.length, profile, children: [], sections: profile.sections };
    nodes.push(node);
    known.set(profile.path, node);
    open.add(node);
    stack.push({ node, next: 0 });
    if (profile.diagnostics.some(stopsLoading)) fail();
    return node;
  };

  const follow = (parent: ExtendsNode, reference: ExtendsReference): void => {
    const at = parent.profile.path;
    if (reference.option === "optional-extends" && !input.exists(joinPath(input.workingDirectory, reference.name)))
      return;
    const path = input.toPath?.(reference.path) ?? reference.path;
    paths.add(path);
    let child = known.get(path);
    if (child === undefined) {
      const loaded = input.load(path);
      if ("problem" in loaded) {
        fail();
        diagnostics.push(
          createDiagnostic(FAILURE_CODES[loaded.problem], describe(loaded, reference.name), at, reference),
        );
        return;
      }
      child = enter(loaded);
    } else if (open.has(child)) {
      fail();
      diagnostics.push(
        createDiagnostic("load/extends-cycle", `Extending ${reference.name} leads back to this file.`, at, reference),
      );
      return;
    }
    parent.children.push(child);
  };

  const loaded = input.load(topPath);
  let top: ExtendsNode | undefined;
  if ("problem" in loaded) {
    fail();
    diagnostics.push(createDiagnostic(FAILURE_CODES[loaded.problem], describe(loaded, baseNameOf(topPath)), topPath));
  } else top = enter(loaded);

  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const reference = frame.node.profile.extends[frame.next++];
    if (reference !== undefined) follow(frame.node, reference);
    else {
      stack.pop();
      open.delete(frame.node);
      byFirstMerge.push(frame.node);
    }
  }
  return {
    top,
    nodes,
    byFirstMerge,
    byLastMerge: top === undefined ? [] : orderByLastMerge(top, nodes.length),
    paths,
    diagnostics,
    readBeforeFailure,
  };
}

/** Depth first, each file after those it extends. */
export function orderByFirstMerge(top: ExtendsNode, size: number): ExtendsNode[] {
  const seen = new Uint8Array(size);
  const order: ExtendsNode[] = [];
  const stack: { node: ExtendsNode; next: number }[] = [{ node: top, next: 0 }];
  seen[top.index] = 1;
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const child = frame.node.children[frame.next++];
    if (child === undefined) {
      order.push(frame.node);
      stack.pop();
    } else if (!seen[child.index]) {
      seen[child.index] = 1;
      stack.push({ node: child, next: 0 });
    }
  }
  return order;
}

/** Backwards from the end: the top is merged last, before it the last file it extends, and so on. */
export function orderByLastMerge(top: ExtendsNode, size: number): ExtendsNode[] {
  const seen = new Uint8Array(size);
  const order: ExtendsNode[] = [];
  const stack = [top];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen[node.index]) continue;
    seen[node.index] = 1;
    order.push(node);
    for (const child of node.children) if (!seen[child.index]) stack.push(child);
  }
  return order.reverse();
}
