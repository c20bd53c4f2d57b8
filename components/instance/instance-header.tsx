"use client";
import { AppWindow, PanelRight, SquareTerminal } from "lucide-react";
import { Button } from "@/components/ui/button";
import { useApp } from "@/components/workbench/app-context";
import { describeHealth } from "@/lib/client/instance-words";
import { toReleaseName } from "@/lib/client/run-words";
import type { InstanceInfo } from "@/lib/protocol/instances";
import { changeState, destroyInstance, INSTANCE_TAB, PREVIEW_TAB } from "./instance-actions";
import { ServiceLink } from "./service-link";
import { StateMark } from "./state-mark";

/** How the instance is, why, and what can be done to it as a whole. */
export function InstanceHeader({
  instance,
  isInTab = false,
}: {
  readonly instance: InstanceInfo;
  readonly isInTab?: boolean;
}) {
  const app = useApp();
  const health = describeHealth(instance);
  const { name, problems = [], service } = instance;
  const act = (work: Promise<unknown>) => void work.catch((error: unknown) => app.showError(error));
  return (
    <header
      className={isInTab ? "flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2" : "flex flex-col gap-1 px-3 py-2"}
    >
      <h3 className="truncate text-sm font-semibold">{name}</h3>
      <p className="flex items-center gap-1.5 text-xs" role="status">
        <StateMark tone={health.tone} />
        {health.text}
      </p>
      {problems.length > 0 && !isInTab && (
        <ul aria-label={`Why ${name} is not green`} className="text-xs text-bad">
          {problems.map((problem) => (
            <li key={problem} className="break-words">
              {problem}
            </li>
          ))}
          <li>
            <button
              type="button"
              className="underline underline-offset-2 hover:text-text"
              onClick={() => app.editors.openView(INSTANCE_TAB, name, name)}
            >
              Why?
            </button>
          </li>
        </ul>
      )}
      <p className="truncate text-2xs text-muted" data-tip={instance.profile}>
        {toReleaseName(instance.profile)}
        {instance.softwareType ? ` · ${instance.softwareType}` : ""}
        {instance.shared ? " · shared" : ""}
        {isInTab && instance.partitions.length > 1 ? ` · ${instance.partitions.length} partitions` : ""}
      </p>
      <div className={isInTab ? "ml-auto flex flex-wrap gap-1.5" : "flex flex-wrap gap-1.5 pt-1"}>
        {service && <ServiceLink service={service} />}
        {service && (
          <Button
            size="small"
            icon={<AppWindow size={12} aria-hidden />}
            onClick={() => app.editors.openView(PREVIEW_TAB, name, `${name} service`)}
          >
            Preview
          </Button>
        )}
        {!isInTab && (
          <Button
            size="small"
            icon={<PanelRight size={12} aria-hidden />}
            onClick={() => app.editors.openView(INSTANCE_TAB, name, name)}
          >
            Debug
          </Button>
        )}
        <Button size="small" onClick={() => act(app.runControl.run("instance", { instance: name }))}>
          Run instance
        </Button>
        {isInTab && instance.applied !== undefined && (
          <Button
            size="small"
            icon={<SquareTerminal size={12} aria-hidden />}
            onClick={() => app.commands.execute("release.shell", instance.profile)}
          >
            Shell in the release
          </Button>
        )}
        {instance.state === "started" ? (
          <Button size="small" variant="ghost" onClick={() => act(changeState(app, instance, "stopped"))}>
            Stop
          </Button>
        ) : (
          <Button size="small" variant="ghost" onClick={() => act(changeState(app, instance, "started"))}>
            Start
          </Button>
        )}
        <Button size="small" variant="ghost" onClick={() => act(destroyInstance(app, instance))}>
          Destroy…
        </Button>
      </div>
    </header>
  );
}
