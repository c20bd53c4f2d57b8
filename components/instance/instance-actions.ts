/** What can be done to a whole instance, with the questions that it needs. */
import type { ClientApp } from "@/lib/client/app";
import type { InstanceInfo, InstanceRequestBody } from "@/lib/protocol/instances";

export const INSTANCE_TAB = "instance";
export const PREVIEW_TAB = "service";

const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$/;

export async function changeState(app: ClientApp, instance: InstanceInfo, state: "started" | "stopped"): Promise<void> {
  await app.runControl.instances.request(instance.name, toBody(instance, { state }));
  await app.runControl.run("instance", { instance: instance.name });
}

/** Destroys when the person has typed the name. */
export async function destroyInstance(app: ClientApp, instance: InstanceInfo): Promise<void> {
  const { name } = instance;
  const typed = await app.dialogs.askText({
    title: `Destroy ${name}? Its partition and all data in it go.`,
    label: `Type ${name} to destroy it`,
    value: "",
    confirm: "Destroy",
    check: (text) => (text === name ? undefined : `Type ${name}, exactly.`),
  });
  if (typed !== name) return;
  const isDeployed = instance.applied !== undefined;
  await app.runControl.instances.request(name, toBody(instance, { state: "destroyed" }));
  if (isDeployed) await app.runControl.run("instance", { instance: name });
  else await app.runControl.reload();
}

/** Another instance of a release, of a software type that the release describes. */
export async function addInstance(app: ClientApp): Promise<void> {
  const { runControl, dialogs, notices } = app;
  const release = runControl.findRelease();
  if (!release) {
    notices.show({ kind: "warning", title: "There is no software release" });
    return;
  }
  const taken = new Set(runControl.instances.state.getState().instances.map(({ name }) => name));
  const name = await dialogs.askText({
    title: `New instance of ${release.profile}`,
    label: "Name",
    value: "",
    confirm: "Next",
    check: (text) =>
      taken.has(text)
        ? "There is one of that name."
        : NAME.test(text)
          ? undefined
          : "Letters, digits, spaces, dots, dashes and underscores; a letter or digit first.",
  });
  if (name === undefined) return;
  const { types } = await runControl.instances.readRelease(release.profile);
  let body: InstanceRequestBody = { profile: release.profile, parameters: {}, state: "started" };
  if (types.length > 1) {
    const choices = types.map(({ id, title, shared }) => ({ id, title: shared ? `${title} (shared)` : title }));
    const chosen = await dialogs.choose({ title: "Which software type?", choices });
    const type = types.find(({ id }) => id === chosen);
    if (!type) return;
    body = { ...body, softwareType: type.softwareType, shared: type.shared };
  }
  // Its parameters are filled in next; what is required may be missing until then.
  await runControl.instances.request(name, { ...body, unchecked: true });
  runControl.instances.select(name);
  app.editors.openView(INSTANCE_TAB, name, name);
}

function toBody(
  { profile, softwareType, shared }: InstanceInfo,
  changes: Pick<InstanceRequestBody, "state">,
): InstanceRequestBody {
  return { profile, softwareType, shared, ...changes };
}
