import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { type PreviewTarget, toPreviewKey, toPreviewTitle } from "@/lib/client/debugging-words";
import { TERMINAL_VIEW } from "@/lib/client/terminals";

export const RENDER_TAB = "render";

export function openPreview(app: ClientApp, target: PreviewTarget): void {
  app.editors.openView(RENDER_TAB, toPreviewKey(target), toPreviewTitle(target));
}

function findActivePath(app: ClientApp): string | undefined {
  const { groups, activeGroup } = app.editors.state.getState();
  const group = groups.find(({ id }) => id === activeGroup);
  const tab = group?.tabs.find(({ id }) => id === group.active);
  return tab?.kind === "file" ? tab.path : undefined;
}

/** Previews of what the template in the editor becomes; shells in releases; the node's size. */
export function debugCommands(app: ClientApp): readonly Command[] {
  const projectId = (): string => app.project.state.getState().project?.id ?? "";
  return [
    {
      id: "instance.renderPreview",
      category: "Instance",
      title: "Render preview of the template",
      isEnabled: () => findActivePath(app) !== undefined,
      run: async () => {
        const path = findActivePath(app);
        if (path === undefined) return;
        const { targets } = await app.api.listRenderTargets({ params: { project: projectId() }, query: { path } });
        const [first] = targets;
        if (!first) {
          app.notices.show({
            kind: "info",
            title: "No built release renders this file",
            detail: "Run software (and Run instance) once; then what it becomes can be previewed without a run.",
          });
          return;
        }
        if (targets.length === 1) {
          openPreview(app, first);
          return;
        }
        const choices = targets.map((target, index) => ({
          id: String(index),
          title: `${target.path} of ${target.instance === undefined ? "the software" : `${target.instance} (${target.partition})`}`,
        }));
        const chosen = await app.dialogs.choose({ title: `What ${path} becomes`, choices });
        const target = chosen === undefined ? undefined : targets[Number(chosen)];
        if (target) openPreview(app, target);
      },
    },
    {
      id: "release.shell",
      category: "Instance",
      title: "Shell in the release",
      isEnabled: () => app.runControl.findRelease()?.built === true,
      run: async (named) => {
        const profile = typeof named === "string" ? named : app.runControl.findRelease()?.profile;
        if (profile === undefined) return;
        const terminal = await app.api.openReleaseTerminal({ params: { project: projectId() }, body: { profile } });
        app.layout.showPanelView(TERMINAL_VIEW);
        app.terminals.select(terminal.id);
      },
    },
    {
      id: "instance.partitions",
      category: "Instance",
      title: "Number of partitions…",
      run: async () => {
        const params = { project: projectId() };
        const { partitions, used } = await app.api.readNode({ params });
        const typed = await app.dialogs.askText({
          title: `${used} of ${partitions} partitions are in use`,
          label: "How many instances there can be, with all that they request",
          value: String(partitions),
          confirm: "Keep",
          check: (text) =>
            /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 200 ? undefined : "A number from 1 to 200.",
        });
        if (typed === undefined || Number(typed) === partitions) return;
        const node = await app.api.replaceNode({ params, body: { partitions: Number(typed) } });
        app.notices.show({
          kind: "success",
          title: `The node has ${node.partitions} partitions`,
          detail: "The next run makes them.",
        });
      },
    },
  ];
}
