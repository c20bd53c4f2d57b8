import type { Command } from "@/lib/client/commands";
export function paletteCommands(): readonly Command[] {
  return [];
}
