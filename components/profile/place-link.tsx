"use client";
import { useApp } from "@/components/workbench/app-context";
import { toName } from "@/lib/client/file-tree";
import type { ProfilePlace } from "@/lib/protocol/language";

/** `file:line` as a link into the editor; a profile from the web is a link to the web. */
export function PlaceLink({ place, short }: { readonly place: ProfilePlace; readonly short?: boolean }) {
  const app = useApp();
  const { path, line, column } = place;
  const text = `${short ? toName(path) : path}:${line}`;
  if (/^https?:/.test(path)) {
    return (
      <a className="text-accent hover:underline" href={path} target="_blank" rel="noopener noreferrer">
        {text}
      </a>
    );
  }
  return (
    <button
      type="button"
      className="cursor-pointer text-left text-accent hover:underline"
      onClick={() => app.editors.openFile({ path, line, column })}
    >
      {text}
    </button>
  );
}
