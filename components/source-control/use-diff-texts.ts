"use client";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { DiffAddress } from "./diff-key";
import { type Answer, useAnswer } from "./use-answer";

export interface DiffTexts {
  readonly original: string;
  readonly modified: string;
  readonly isBinary: boolean;
  /** The new side is there: a deleted file has none. */
  readonly hasModified: boolean;
}

/** Both texts of a difference, read again whenever the repository was. */
export function useDiffTexts({ from, to, path, oldPath }: DiffAddress): Answer<DiffTexts> {
  const { git, api } = useApp();
  const isLive = /^(worktree|index|head)$/.test(to);
  const revision = useValue(git.state, (state) => (isLive ? state.revision : 0));
  const read = async (name: string, at: string) =>
    at === ""
      ? { text: "", binary: false, id: undefined }
      : git.ask((address) => api.readGitFile({ ...address, query: { ...address.query, path: name, at } }));
  const ask = async (): Promise<DiffTexts> => {
    const [original, modified] = await Promise.all([read(oldPath ?? path, from), read(path, to)]);
    return {
      original: original.text,
      modified: modified.text,
      isBinary: original.binary || modified.binary,
      hasModified: modified.id !== undefined,
    };
  };
  return useAnswer(ask, `${revision} ${from} ${to} ${path} ${oldPath}`);
}
