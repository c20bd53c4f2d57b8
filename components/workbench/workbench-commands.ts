import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";

/** In pixels: below, letters run into each other; above, a line of a profile does not fit beside the explorer. */
const FONT_SIZES = { smallest: 8, largest: 32 };

/** Bars, regions, theme and account. */
export function workbenchCommands(app: ClientApp): readonly Command[] {
  const theme = (id: "system" | "dark" | "light" | "high-contrast", title: string): Command => ({
    id: `theme.${id}`,
    category: "Theme",
    title,
    run: () => app.settings.setState({ theme: id }),
  });
  const fontSize = (by: 1 | -1, title: string): Command => ({
    id: by > 0 ? "editor.largerText" : "editor.smallerText",
    category: "Editor",
    title,
    run: () =>
      app.settings.setState(({ fontSize: size }) => ({
        fontSize: Math.min(FONT_SIZES.largest, Math.max(FONT_SIZES.smallest, size + by)),
      })),
  });
  return [
    { id: "view.explorer", category: "View", title: "Show Explorer", run: () => app.layout.showSideView("explorer") },
    { id: "view.toggleSideBar", category: "View", title: "Toggle side bar", run: () => app.layout.toggleSideBar() },
    { id: "view.togglePanel", category: "View", title: "Toggle panel", run: () => app.layout.togglePanel() },
    { id: "view.nextRegion", category: "View", title: "Go to next region", run: () => focusRegion(1) },
    { id: "view.previousRegion", category: "View", title: "Go to previous region", run: () => focusRegion(-1) },
    theme("system", "As the system"),
    theme("dark", "Dark"),
    theme("light", "Light"),
    theme("high-contrast", "High contrast"),
    {
      id: "view.toggleWordWrap",
      category: "Editor",
      title: "Toggle wrapping of long lines",
      run: () => app.settings.setState(({ wordWrap }) => ({ wordWrap: !wordWrap })),
    },
    {
      id: "editor.toggleHashOnSave",
      category: "Editor",
      title: "Toggle updating md5sums on save",
      run: () => app.settings.setState(({ hashOnSave }) => ({ hashOnSave: !hashOnSave })),
    },
    fontSize(1, "Larger text"),
    fontSize(-1, "Smaller text"),
    { id: "session.setPassword", category: "Account", title: "Set password…", run: () => setPassword(app) },
    {
      id: "session.signOut",
      category: "Account",
      title: "Sign out",
      run: async () => {
        await app.session.signOut();
        app.connection.signedOut();
      },
    },
  ];
}

/** F6 goes from region to region: the first thing in it that takes the focus, or what had it before. */
function focusRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter(
    (region) => region.getClientRects().length > 0,
  );
  const from = regions.findIndex((region) => region.contains(document.activeElement));
  for (let distance = 1; distance <= regions.length; distance++) {
    const start = from < 0 && step < 0 ? 0 : from;
    const region = regions[(start + step * distance + regions.length * 2) % regions.length];
    const target = region && findFocusTarget(region);
    if (!target) continue;
    target.focus();
    return;
  }
}

function findFocusTarget(region: HTMLElement): HTMLElement | undefined {
  const preferred = region.querySelector<HTMLElement>(
    "[data-focus-first], .monaco-editor .native-edit-context, .monaco-editor textarea, [role=tree]",
  );
  if (preferred && preferred.getClientRects().length > 0) return preferred;
  const candidates = region.querySelectorAll<HTMLElement>("button:not(:disabled), a[href], input, [tabindex='0']");
  return [...candidates].find((candidate) => candidate.getClientRects().length > 0);
}

async function setPassword(app: ClientApp): Promise<void> {
  const { session } = app.session.state.getState();
  const current = session?.passwordSet
    ? await app.dialogs.askSecret({ title: "Change password", label: "Current password", confirm: "Next" })
    : undefined;
  if (session?.passwordSet && current === undefined) return;
  const password = await app.dialogs.askSecret({
    title: session?.passwordSet ? "Change password" : "Set a password",
    label: "New password",
    confirm: "Set password",
    check: (text) => (text.length < 10 ? "At least 10 characters." : undefined),
  });
  if (password === undefined) return;
  await app.session.setPassword({ password, ...(current === undefined ? {} : { current }) });
  app.notices.show({ kind: "success", title: "The password is set" });
}
