import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import type { InstanceInfo } from "@/lib/protocol/instances";
import { addInstance, changeState, destroyInstance, INSTANCE_TAB, PREVIEW_TAB } from "./instance-actions";

/** Instances from the palette; each works on the instance that is selected. */
export function instanceCommands(app: ClientApp): readonly Command[] {
  const find = (): InstanceInfo | undefined => {
    const { instances, selected } = app.runControl.instances.state.getState();
    return instances.find(({ name }) => name === selected) ?? instances[0];
  };
  const isEnabled = () => find() !== undefined;
  const withInstance = (work: (instance: InstanceInfo) => unknown) => () => {
    const instance = find();
    return instance ? work(instance) : undefined;
  };
  return [
    { id: "instance.add", category: "Instance", title: "New instance", run: () => addInstance(app) },
    {
      id: "instance.open",
      category: "Instance",
      title: "Open instance",
      isEnabled,
      run: withInstance(({ name }) => app.editors.openView(INSTANCE_TAB, name, name)),
    },
    {
      id: "instance.openService",
      category: "Instance",
      title: "Open service",
      isEnabled: () => find()?.service !== undefined,
      run: withInstance(({ service }) => window.open(service, "_blank", "noopener,noreferrer")),
    },
    {
      id: "instance.preview",
      category: "Instance",
      title: "Preview service",
      isEnabled: () => find()?.service !== undefined,
      run: withInstance(({ name }) => app.editors.openView(PREVIEW_TAB, name, `${name} service`)),
    },
    {
      id: "instance.stop",
      category: "Instance",
      title: "Stop instance",
      isEnabled: () => find()?.state === "started",
      run: withInstance((instance) => changeState(app, instance, "stopped")),
    },
    {
      id: "instance.start",
      category: "Instance",
      title: "Start instance",
      isEnabled: () => find()?.state === "stopped",
      run: withInstance((instance) => changeState(app, instance, "started")),
    },
    {
      id: "instance.destroy",
      category: "Instance",
      title: "Destroy instance",
      isEnabled,
      run: withInstance((instance) => destroyInstance(app, instance)),
    },
  ];
}
