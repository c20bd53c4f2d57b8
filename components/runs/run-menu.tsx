"use client";
import { Ellipsis } from "lucide-react";
import { Button } from "@/components/ui/button";
import { MenuButton, type MenuItem } from "@/components/ui/menu";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeKeys } from "@/lib/client/keymap";
import { RunSettingsDialog } from "./run-settings-dialog";

/** Other ways to run, pausing, and the settings of runs: beside the run buttons. */
export function RunMenu() {
  const app = useApp();
  useValue(app.runControl.runs.state);
  useValue(app.project.state);
  const toItem = (id: string): MenuItem => {
    const command = app.commands.state.getState().get(id);
    return {
      title: command?.title ?? id,
      keys: describeKeys(id),
      disabled: command?.isEnabled?.() === false,
      run: () => app.commands.execute(id),
    };
  };
  return (
    <>
      <MenuButton
        label="More ways to run"
        align="end"
        items={() => [
          toItem("run.keepGoing"),
          toItem("run.withoutPreflight"),
          toItem("run.softwareAnyway"),
          toItem("run.retryPart"),
          "separator",
          toItem("run.shell"),
          toItem("run.debugger"),
          "separator",
          toItem("run.pause"),
          toItem("run.resume"),
          "separator",
          toItem("run.settings"),
        ]}
      >
        {(button) => (
          <Button size="small" variant="ghost" aria-label="More ways to run" data-tip="More ways to run" {...button}>
            <Ellipsis size={14} aria-hidden />
          </Button>
        )}
      </MenuButton>
      <RunSettingsDialog />
    </>
  );
}
