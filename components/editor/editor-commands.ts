import type { Command } from "@/lib/client/commands";
export function editorCommands(): readonly Command[] {
  return [];
}
