import type { ClientApp } from "@/lib/client/app";
import { toName } from "@/lib/client/file-tree";
import type { GestureFileChange } from "@/lib/protocol/gestures";

/** What a gesture made of a file, beside what it was; `how` is in the tab's title. */
export function openChange(
  { editors }: Pick<ClientApp, "editors">,
  { path, before }: GestureFileChange,
  how: string,
): void {
  editors.openTab({
    id: `diff:${how}:${path}`,
    kind: "diff",
    title: `${toName(path)} (${how})`,
    original: { kind: "text", title: "Before", text: before, path },
    modified: { kind: "file", path },
  });
}
