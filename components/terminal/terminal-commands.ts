import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { findGroup } from "@/lib/client/terminal-groups";
import { TERMINAL_VIEW } from "@/lib/client/terminals";

/** Opening, naming and closing terminals. */
export function terminalCommands(app: ClientApp): readonly Command[] {
  const { terminals, layout, dialogs } = app;
  const find = () => {
    const { terminals: all, selected } = terminals.state.getState();
    return all.find(({ id }) => id === selected);
  };
  const open = async (folder?: string): Promise<void> => {
    layout.showPanelView(TERMINAL_VIEW);
    await app.project.whenRead();
    await terminals.open(folder === undefined ? {} : { folder });
  };
  return [
    {
      id: "terminal.show",
      category: "Terminal",
      title: "Show terminal",
      run: async () => {
        const { panelView, panelOpen } = layout.state.getState();
        if (panelOpen && panelView === TERMINAL_VIEW) {
          layout.togglePanel();
          return;
        }
        layout.showPanelView(TERMINAL_VIEW);
        const project = app.project.state.getState().project;
        if (project) await terminals.load(project.id);
        const { status, terminals: all } = terminals.state.getState();
        if (status === "ready" && all.length === 0) await terminals.open();
      },
    },
    {
      id: "terminal.split",
      category: "Terminal",
      title: "Split terminal",
      isEnabled: () => find() !== undefined,
      run: async () => {
        layout.showPanelView(TERMINAL_VIEW);
        await terminals.split();
      },
    },
    {
      id: "terminal.unsplit",
      category: "Terminal",
      title: "Show terminal alone",
      isEnabled: () => {
        const { groups, selected } = terminals.state.getState();
        return findGroup(groups, selected).length > 1;
      },
      run: () => {
        const terminal = find();
        if (terminal) terminals.unsplit(terminal.id);
      },
    },
    { id: "terminal.new", category: "Terminal", title: "New terminal", run: () => open() },
    {
      id: "terminal.newInFolder",
      category: "Terminal",
      title: "New terminal in a folder",
      isHidden: true,
      run: (folder) => open(String(folder ?? "")),
    },
    {
      id: "terminal.rename",
      category: "Terminal",
      title: "Rename terminal",
      isEnabled: () => find() !== undefined,
      run: async () => {
        const terminal = find();
        if (!terminal) return;
        const name = await dialogs.askText({
          title: "Rename terminal",
          label: "Name",
          value: terminal.name,
          confirm: "Rename",
          check: (text) => (text.trim() === "" ? "A terminal has a name." : undefined),
        });
        if (name !== undefined) await terminals.rename(terminal.id, name.trim().slice(0, 60));
      },
    },
    {
      id: "terminal.close",
      category: "Terminal",
      title: "Close terminal",
      isEnabled: () => find() !== undefined,
      run: async () => {
        const terminal = find();
        if (terminal) await terminals.close(terminal.id);
      },
    },
  ];
}
