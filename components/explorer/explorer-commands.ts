import type { Command } from "@/lib/client/commands";
export function explorerCommands(): readonly Command[] {
  return [];
}
