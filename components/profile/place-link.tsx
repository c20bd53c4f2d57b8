"use client";
import { useApp } from "@/components/workbench/app-context";
import { toName } from "@/lib/client/file-tree";
import type { ProfilePlace } from "@/lib/protocol/language";
import { openWebProfile } from "./profile-commands";

/** `file:line` as a link into the editor; a profile on the web is shown as its server has it. */
export function PlaceLink({ place, short }: { readonly place: ProfilePlace; readonly short?: boolean }) {
  const app = useApp();
  const { path, line, column } = place;
  const text = `${short ? toName(path) : path}:${line}`;
  return (
    <button
      type="button"
      className="cursor-pointer text-left text-accent hover:underline"
      onClick={() => (/^https?:/.test(path) ? openWebProfile(app, path) : app.editors.openFile({ path, line, column }))}
    >
      {text}
    </button>
  );
}
