"use client";
import { ChevronDown, CirclePlay, Hammer, Square } from "lucide-react";
import { Button } from "@/components/ui/button";
import { MenuButton } from "@/components/ui/menu";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeKeys } from "@/lib/client/keymap";
import { toReleaseName } from "@/lib/client/run-words";
import { findCurrentRun, isGoingOn } from "@/lib/client/runs";
import { RunMenu } from "./run-menu";

/** Which release; Run software; Run instance; Stop. In the title bar, so never more than one move away. */
export function RunButtons() {
  const app = useApp();
  const { runControl } = app;
  const { releases, engine, isRead } = useValue(app.project.state);
  useValue(runControl.picked);
  useValue(app.editors.state);
  const state = useValue(runControl.runs.state);
  const current = findCurrentRun(state);
  const goesOn = current !== undefined && isGoingOn(current);
  const release = runControl.findRelease();
  const isReady = isRead && (engine === undefined || engine.phase === "ready");
  const waiting =
    isReady || !isRead
      ? ""
      : engine?.phase === "failed"
        ? "\nThe engine could not be set up"
        : "\nThe engine is being set up";
  const starts = state.starting.length > 0;
  return (
    <fieldset className="flex min-w-0 items-center gap-1.5" aria-label="Run">
      {release && (
        <MenuButton
          label="Software release"
          align="end"
          items={() =>
            releases.map(({ profile, built }) => ({
              title: `${toReleaseName(profile)}  ${profile}${built ? "" : "  (not built)"}`,
              checked: profile === release.profile,
              run: () => runControl.pick(profile),
            }))
          }
        >
          {(button) => (
            <Button
              size="small"
              variant="ghost"
              className="max-w-40 min-w-24 shrink! max-[800px]:hidden"
              aria-label={`Software release: ${toReleaseName(release.profile)}`}
              data-tip={`What is run: ${release.profile}`}
              {...button}
            >
              <span className="min-w-0 truncate">{toReleaseName(release.profile)}</span>
              <ChevronDown size={12} aria-hidden className="shrink-0" />
            </Button>
          )}
        </MenuButton>
      )}
      <Button
        size="small"
        variant="primary"
        icon={<Hammer size={12} aria-hidden className="max-[500px]:hidden" />}
        disabled={!isReady || goesOn}
        busy={starts && state.starting[0] !== "instance"}
        aria-label="Run software"
        data-tip={`Build the release (${describeKeys("run.software")})\nOpen files are saved first${waiting}`}
        onClick={() => app.commands.execute("run.software")}
      >
        <span>
          <span className="max-[1100px]:hidden">Run </span>software
        </span>
      </Button>
      <Button
        size="small"
        icon={<CirclePlay size={12} aria-hidden className="max-[500px]:hidden" />}
        disabled={!isReady || goesOn || release?.engine === "buildout"}
        busy={starts && state.starting[0] === "instance"}
        aria-label="Run instance"
        data-tip={`Deploy and start the instance (${describeKeys("run.instance")})${release?.engine === "buildout" ? "\nA plain buildout has no instances" : waiting}`}
        onClick={() => app.commands.execute("run.instance")}
      >
        <span>
          <span className="max-[1100px]:hidden">Run </span>instance
        </span>
      </Button>
      <Button
        size="small"
        variant={goesOn ? "danger" : "ghost"}
        icon={<Square size={11} aria-hidden />}
        disabled={!goesOn}
        className={goesOn ? undefined : "max-[500px]:hidden"}
        aria-label="Stop"
        data-tip={`End the run and everything it started (${describeKeys("run.stop")})`}
        onClick={() => app.commands.execute("run.stop")}
      >
        <span className="max-[1100px]:hidden">Stop</span>
      </Button>
      <RunMenu />
    </fieldset>
  );
}
