"use client";
import { CircleHelp } from "lucide-react";
import { IconButton } from "@/components/ui/icon-button";
import { MenuButton } from "@/components/ui/menu";
import { useApp } from "@/components/workbench/app-context";

/** Where a person looks who does not know how to go on. */
export function HelpMenu() {
  const app = useApp();
  const run = (id: string) => () => void app.commands.execute(id);
  return (
    <MenuButton
      label="Help"
      align="end"
      items={() => [
        { title: "Customize SlapOS (tutorial)", run: run("tutorial.start") },
        { title: "Welcome and first-run checklist", run: run("welcome.show") },
        "separator",
        { title: "Keyboard shortcuts", run: run("help.keys") },
        { title: "All commands", run: run("palette.show") },
      ]}
    >
      {(button) => (
        <IconButton label="Help" size={28} {...button}>
          <CircleHelp size={17} />
        </IconButton>
      )}
    </MenuButton>
  );
}
