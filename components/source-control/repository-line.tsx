"use client";
import { ChevronDown, FolderGit2 } from "lucide-react";
import { MenuButton } from "@/components/ui/menu";
import { useApp, useValue } from "@/components/workbench/app-context";
import { chooseRepository, describeRepository } from "./repository-choice";

/** Which repository this view is of; only where the project has several. */
export function RepositoryLine() {
  const app = useApp();
  const { repository, repositories } = useValue(app.git.state);
  if (repositories.length < 2) return null;
  const items = () =>
    repositories.map((each) => ({
      title: describeRepository(each),
      checked: each === repository,
      run: () => chooseRepository(app, each).catch((error: unknown) => app.showError(error)),
    }));
  return (
    <MenuButton label="Repositories" items={items}>
      {(button) => (
        <button
          type="button"
          {...button}
          aria-label={`Repository ${describeRepository(repository)}`}
          data-tip="Repository that is shown"
          className="flex min-w-0 items-center gap-1.5 border-b px-3 py-1.5 text-left text-xs hover:bg-hover"
        >
          <FolderGit2 size={13} aria-hidden className="shrink-0" />
          <span className="min-w-0 flex-1 truncate font-semibold">{describeRepository(repository)}</span>
          <ChevronDown size={12} aria-hidden className="shrink-0" />
        </button>
      )}
    </MenuButton>
  );
}
