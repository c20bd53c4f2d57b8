/**
 * The texts of one directory under another name: what asks for them never sees where the directory lies.
 *
 * Invariant: only what is really below the directory is read, wherever a symbolic link in it or a name with `..` leads.
 */
import { realpathSync } from "node:fs";
import { errorNumber } from "./files";
import { createWorkspaceTexts, type WorkspaceTexts } from "./workspace-texts";

export function createRootedTexts(directory: string, name: string): WorkspaceTexts {
  const root = realpathSync(directory);
  const texts = createWorkspaceTexts([root]);
  const inside = new Map<string, boolean>();

  const toReal = (path: string): string | undefined => {
    if (path === name) return root;
    return path.startsWith(`${name}/`) && !path.includes("\0") ? root + path.slice(name.length) : undefined;
  };
  const isInside = (real: string): boolean => {
    try {
      const target = realpathSync(real);
      return target === root || target.startsWith(`${root}/`);
    } catch (error) {
      // Nothing is there, or nothing that may be looked at; both are absent to whoever asks.
      if (errorNumber(error) !== undefined) return false;
      throw error;
    }
  };
  const find = (path: string): string | undefined => {
    const real = toReal(path);
    if (real === undefined) return undefined;
    let known = inside.get(real);
    if (known === undefined) {
      known = isInside(real);
      inside.set(real, known);
    }
    return known ? real : undefined;
  };
  const ask = <T>(path: string, otherwise: T, question: (real: string) => T): T => {
    const real = find(path);
    return real === undefined ? otherwise : question(real);
  };

  return {
    read: (path) => ask(path, undefined, texts.read),
    peek: (path) => ask(path, undefined, texts.peek),
    digest: (path) => ask(path, undefined, texts.digest),
    kindOf: (path) => ask(path, undefined, texts.kindOf),
    list: (path) => ask<ReturnType<WorkspaceTexts["list"]>>(path, [], texts.list),
    all: () => texts.all().map((path) => name + path.slice(root.length)),
    forget(path) {
      const real = toReal(path);
      if (real === undefined) return;
      for (const known of inside.keys()) if (known === real || known.startsWith(`${real}/`)) inside.delete(known);
      texts.forget(real);
    },
    forgetAll() {
      inside.clear();
      texts.forgetAll();
    },
  };
}
