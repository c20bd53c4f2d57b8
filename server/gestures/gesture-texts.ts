/**
 * The texts that a gesture looks at: a workspace's files, unsaved texts in their place, and files of the repository for
 * the addresses that they have on the web.
 *
 * Paths are those of the language service (`/workspace/...`), so nothing of this machine comes into an answer.
 */

import { isUrl } from "@/lib/buildout";
import type { GestureOptions } from "@/lib/gestures/gesture";
import { LANGUAGE_ROOT } from "@/lib/protocol/language-root";
import { createRootedTexts } from "@/server/platform/rooted-texts";
import type { WorkspaceTexts } from "@/server/platform/workspace-texts";

export interface GestureTexts {
  readonly options: GestureOptions;
  readonly texts: WorkspaceTexts;
}

export function openGestureTexts(
  directory: string,
  unsaved: readonly { readonly path: string; readonly text: string }[],
  readUrl: (url: string) => string | undefined = () => undefined,
): GestureTexts {
  const texts = createRootedTexts(directory, LANGUAGE_ROOT);
  const drafts = new Map(unsaved.map(({ path, text }) => [toInner(path), text]));
  return {
    texts,
    options: {
      dialect: "slapos",
      source: {
        read(path) {
          const text = isUrl(path) ? readUrl(path) : (drafts.get(path) ?? texts.read(path));
          if (text !== undefined) return text;
          const name = toOuter(path);
          if (isUrl(path)) return { problem: "url-unavailable", message: `${path} is not in the workspace.` };
          if (texts.kindOf(path) === undefined) return { problem: "missing", message: `There is no file ${name}.` };
          return { problem: "not-text", message: `${name} is no text that can be a profile.` };
        },
        exists: (path) => drafts.has(path) || texts.kindOf(path) === "file",
      },
      listProfiles: () => texts.all().filter((path) => path.endsWith(".cfg")),
    },
  };
}

export function toInner(path: string): string {
  return `${LANGUAGE_ROOT}/${path}`;
}

/** A path as the page names it; an address stays as it is. */
export function toOuter(path: string): string {
  return path.startsWith(`${LANGUAGE_ROOT}/`) ? path.slice(LANGUAGE_ROOT.length + 1) : path;
}
