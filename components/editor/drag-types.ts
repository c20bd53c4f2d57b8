/** What is dragged within the page. The browser hides the data until the drop and only tells the types before. */
import type { DragEvent } from "react";

const PATH_TYPE = "application/x-webrunner-path";
const TAB_TYPE = "application/x-webrunner-tab";

export function dragPath(event: DragEvent, path: string): void {
  event.dataTransfer.setData(PATH_TYPE, path);
  event.dataTransfer.setData("text/plain", path);
  event.dataTransfer.effectAllowed = "copyMove";
}

export function dragTab(event: DragEvent, tab: string, group: number): void {
  event.dataTransfer.setData(TAB_TYPE, JSON.stringify({ tab, group }));
  event.dataTransfer.effectAllowed = "move";
}

/** The path; before the drop the empty string when there is one. */
export function readDraggedPath(event: DragEvent, dropped = false): string | undefined {
  if (!event.dataTransfer.types.includes(PATH_TYPE)) return undefined;
  return dropped ? event.dataTransfer.getData(PATH_TYPE) : "";
}

export function readDraggedTab(event: DragEvent, dropped = false): { tab: string; group: number } | undefined {
  if (!event.dataTransfer.types.includes(TAB_TYPE)) return undefined;
  return dropped ? JSON.parse(event.dataTransfer.getData(TAB_TYPE)) : { tab: "", group: 0 };
}

export const hasDraggedFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes("Files");
