"use client";
import { CircleUser, Search } from "lucide-react";
import { IconButton } from "@/components/ui/icon-button";
import { MenuButton } from "@/components/ui/menu";
import type { ThemeSetting } from "@/lib/client/settings";
import { useApp, useValue } from "./app-context";
import { titleActions } from "./contributions";
import { Logo } from "./logo";
import { ProjectMenu } from "./project-menu";

const THEMES: readonly { readonly id: ThemeSetting; readonly title: string }[] = [
  { id: "system", title: "Theme of the system" },
  { id: "dark", title: "Dark" },
  { id: "light", title: "Light" },
  { id: "high-contrast", title: "High contrast" },
];

/** Name and project, the way to everything (search and commands), the run buttons, the account. */
export function TitleBar() {
  const app = useApp();
  const session = useValue(app.session.state, ({ session }) => session);
  const theme = useValue(app.settings, ({ theme }) => theme);
  return (
    <header
      data-region="title"
      className="flex h-(--title-height) shrink-0 items-center gap-3 border-b bg-sunken px-2.5 text-sm max-[500px]:gap-1.5 max-[500px]:px-2"
    >
      <div className="flex min-w-0 items-center gap-2 min-[1101px]:flex-1">
        <Logo />
        <h1 className="text-sm font-semibold max-[700px]:hidden">webrunner</h1>
        <span className="text-faint max-[700px]:hidden" aria-hidden>
          /
        </span>
        <ProjectMenu />
      </div>
      <button
        type="button"
        onClick={() => app.commands.execute("palette.openFile")}
        className="flex h-6.5 w-[min(380px,22vw)] min-w-8 max-[900px]:w-8 max-[900px]:px-2 items-center gap-2 rounded-md border bg-bg px-2.5 text-xs text-faint hover:border-line-strong"
      >
        <Search size={13} aria-hidden className="shrink-0" />
        <span className="flex-1 truncate text-left max-[900px]:sr-only">Search files and commands</span>
        <kbd className="font-sans text-2xs max-[1100px]:hidden">Ctrl+P</kbd>
      </button>
      <div className="ml-auto flex min-w-0 items-center justify-end gap-1.5 md:flex-1">
        {titleActions.map(({ id, component: Action }) => (
          <Action key={id} />
        ))}
        <MenuButton
          label="Account and settings"
          align="end"
          items={() => [
            ...THEMES.map(({ id, title }) => ({
              title,
              checked: theme === id,
              run: () => app.settings.setState({ theme: id }),
            })),
            "separator",
            { title: "Wrap long lines", checked: app.settings.getState().wordWrap, run: () => toggle("wordWrap") },
            { title: "Minimap", checked: app.settings.getState().minimap, run: () => toggle("minimap") },
            {
              title: "Update md5sums on save",
              checked: app.settings.getState().hashOnSave,
              run: () => toggle("hashOnSave"),
            },
            { title: "Keyboard shortcuts", run: () => app.commands.execute("help.keys") },
            "separator",
            {
              title: session?.passwordSet ? "Change password…" : "Set a password…",
              run: () => app.commands.execute("session.setPassword"),
            },
            { title: "Sign out", run: () => app.commands.execute("session.signOut") },
          ]}
        >
          {(button) => (
            <IconButton label="Account and settings" size={28} {...button}>
              <CircleUser size={17} />
            </IconButton>
          )}
        </MenuButton>
      </div>
    </header>
  );

  function toggle(key: "wordWrap" | "minimap" | "hashOnSave"): void {
    app.settings.setState({ [key]: !app.settings.getState()[key] });
  }
}
