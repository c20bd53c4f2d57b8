"use client";
import { FileCode2, FolderTree, GraduationCap, Play, Search } from "lucide-react";
import type { ReactNode } from "react";
import { useApp, useValue } from "@/components/workbench/app-context";
import { Logo } from "@/components/workbench/logo";
import { describeKeys } from "@/lib/client/keymap";
import { Checklist } from "./checklist";

/** What an editor group shows when no file is open: where to begin. */
export function Welcome() {
  const app = useApp();
  const releases = useValue(app.project.state, ({ releases }) => releases);
  const commands = useValue(app.commands.state);
  return (
    <div className="absolute inset-0 overflow-auto bg-bg">
      <div className="mx-auto flex min-h-full max-w-xl flex-col justify-center gap-7 px-8 py-8">
        <div className="flex items-center gap-3">
          <Logo size={34} />
          <div>
            <h2 className="text-lg leading-tight font-semibold">webrunner</h2>
            <p className="text-muted">Edit, build and run Buildout and SlapOS profiles.</p>
          </div>
        </div>
        <Checklist />
        <section>
          <h3 className="mb-1.5 text-2xs font-semibold tracking-wide text-faint uppercase">Start</h3>
          <Line
            icon={<GraduationCap size={15} />}
            title="Tutorial: customize SlapOS"
            onClick={() => app.commands.execute("tutorial.start")}
          />
          <Line
            icon={<Search size={15} />}
            title="Open a file"
            keys={describeKeys("palette.openFile")}
            onClick={() => app.commands.execute("palette.openFile")}
          />
          <Line
            icon={<FolderTree size={15} />}
            title="Browse the workspace"
            keys={describeKeys("view.explorer")}
            onClick={() => app.commands.execute("view.explorer")}
          />
          {commands.has("run.software") && (
            <Line
              icon={<Play size={15} />}
              title="Run software"
              keys={describeKeys("run.software")}
              onClick={() => app.commands.execute("run.software")}
            />
          )}
          <Line
            icon={<span className="text-xs">{">"}</span>}
            title="All commands"
            keys={describeKeys("palette.show")}
            onClick={() => app.commands.execute("palette.show")}
          />
        </section>
        {releases.length > 0 && (
          <section>
            <h3 className="mb-1.5 text-2xs font-semibold tracking-wide text-faint uppercase">Software releases</h3>
            {releases.slice(0, 8).map(({ profile, title }) => (
              <Line
                key={profile}
                icon={<FileCode2 size={15} />}
                title={title}
                detail={profile}
                onClick={() => app.editors.openFile({ path: profile })}
              />
            ))}
          </section>
        )}
      </div>
    </div>
  );
}

function Line({
  icon,
  title,
  detail,
  keys,
  onClick,
}: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly detail?: string;
  readonly keys?: string;
  readonly onClick: () => void;
}) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="-mx-2 flex h-7.5 w-full items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover"
    >
      <span className="grid w-4 shrink-0 place-items-center text-accent" aria-hidden>
        {icon}
      </span>
      <span className="shrink-0">{title}</span>
      {detail && <span className="min-w-0 flex-1 truncate text-xs text-faint">{detail}</span>}
      {keys && <kbd className="ml-auto rounded border px-1.5 font-sans text-2xs text-muted">{keys}</kbd>}
    </button>
  );
}
