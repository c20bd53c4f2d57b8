"use client";
import { ChevronDown } from "lucide-react";
import { MenuButton } from "@/components/ui/menu";
import { useApp, useValue } from "./app-context";

/** The name of the project, and behind it the others and how to get one more. */
export function ProjectMenu() {
  const app = useApp();
  const { project, projects } = useValue(app.project.state);
  if (!project) return null;
  const isAmbiguous = (name: string): boolean => projects.filter((other) => other.name === name).length > 1;
  return (
    <MenuButton
      label="Projects"
      items={() => [
        ...projects.map(({ id, name }) => ({
          title: isAmbiguous(name) ? `${name} (${id})` : name,
          checked: id === project.id,
          run: () => {
            if (id !== project.id) app.switchProject(id).catch((error: unknown) => app.showError(error));
          },
        })),
        "separator",
        { title: "Clone a repository…", run: () => app.commands.execute("git.clone") },
        { title: "New project…", run: () => app.commands.execute("project.create") },
        {
          title: `Remove ${project.name}…`,
          danger: true,
          disabled: projects.length === 1,
          run: () => app.commands.execute("project.remove"),
        },
      ]}
    >
      {(button) => (
        <button
          type="button"
          {...button}
          aria-label={`Project ${project.name}`}
          data-tip="Project"
          className="flex min-w-0 items-center gap-1 rounded-[5px] px-1 text-muted hover:bg-hover hover:text-text max-[700px]:hidden"
        >
          <span className="truncate">{project.name}</span>
          <ChevronDown size={12} className="shrink-0" aria-hidden />
        </button>
      )}
    </MenuButton>
  );
}
