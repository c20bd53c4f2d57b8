"use client";
import { ChevronDown, Ellipsis } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { MenuButton, type MenuItem } from "@/components/ui/menu";
import { useApp, useValue } from "@/components/workbench/app-context";
import { chooseRemote } from "@/lib/client/git";
import { fetchFrom, forcePush, pull, pullFrom, push, pushTo } from "./transfer-actions";

/** The way to and from the remotes: the fork, fetch, pull, push, each with its other ways behind an arrow. */
export function TransferBar() {
  const app = useApp();
  const { git, gitDialogs } = app;
  const { status, remotes, task } = useValue(git.state);
  const act = (work: Promise<unknown>): void => void work.catch((problem: unknown) => app.showError(problem));
  const isBusy = task?.state === "running";
  const mayPush = remotes.length > 0 && status?.head !== undefined && !isBusy;
  /** Once there is one, what is done every day has the room. */
  const hasFork = remotes.some(({ name }) => name === "fork");
  const others = remotes.filter(({ name }) => !status?.upstream?.startsWith(`${name}/`));
  return (
    <div className="flex flex-wrap gap-1 px-3 pb-2">
      {!hasFork && (
        <Button size="small" onClick={() => gitDialogs.open({ kind: "fork" })}>
          Connect my fork
        </Button>
      )}
      <Split
        label="Fetch from …"
        items={() => remotes.map(({ name }) => ({ title: `From ${name}`, run: () => act(fetchFrom(app, name)) }))}
        disabled={remotes.length === 0 || isBusy}
      >
        <Button size="small" disabled={remotes.length === 0 || isBusy} onClick={() => act(git.fetch())}>
          Fetch
        </Button>
      </Split>
      <Split
        label="Pull another way"
        disabled={remotes.length === 0 || isBusy}
        items={() => [
          { title: "Only fast-forward", run: () => act(pull(app, "fast-forward")) },
          { title: "And merge", run: () => act(pull(app, "merge")) },
          { title: "And rebase", run: () => act(pull(app, "rebase")) },
          ...(others.length > 0 ? (["separator"] as const) : []),
          ...others.flatMap(({ name }): MenuItem[] => [
            { title: `Merge from ${name}`, run: () => act(pullFrom(app, "merge", name)) },
            { title: `Rebase onto ${name}`, run: () => act(pullFrom(app, "rebase", name)) },
          ]),
        ]}
      >
        <Button size="small" disabled={remotes.length === 0 || isBusy} onClick={() => act(pull(app))}>
          Pull
        </Button>
      </Split>
      <Split
        label="Push to …"
        disabled={!mayPush}
        items={() => [
          ...remotes.map(({ name }) => ({ title: `To ${name}, and follow it`, run: () => act(pushTo(app, name)) })),
          "separator" as const,
          {
            title: "Overwrite with a lease…",
            danger: true,
            disabled: chooseRemote(status, remotes) === undefined,
            run: () => act(forcePush(app)),
          },
        ]}
      >
        <Button size="small" disabled={!mayPush} onClick={() => act(push(app))}>
          Push
        </Button>
      </Split>
      <MenuButton
        label="Remotes, logins, clone"
        align="end"
        items={() => [
          ...(hasFork ? [{ title: "Connect my fork…", run: () => gitDialogs.open({ kind: "fork" }) }] : []),
          { title: "Remotes…", run: () => gitDialogs.open({ kind: "remotes" }) },
          { title: "Logins and keys…", run: () => gitDialogs.open({ kind: "access" }) },
          { title: "Clone a repository…", run: () => gitDialogs.open({ kind: "clone" }) },
        ]}
      >
        {(button) => (
          <IconButton label="Remotes, logins, clone" size={24} {...button}>
            <Ellipsis size={15} />
          </IconButton>
        )}
      </MenuButton>
    </div>
  );
}

/** A button and, joined to it, the arrow for its other ways. */
function Split(props: {
  readonly label: string;
  readonly disabled: boolean;
  readonly items: () => readonly MenuItem[];
  readonly children: ReactNode;
}) {
  return (
    <span className="inline-flex items-center">
      {props.children}
      <MenuButton label={props.label} items={props.items}>
        {(button) => (
          <IconButton label={props.label} size={20} disabled={props.disabled} {...button}>
            <ChevronDown size={12} />
          </IconButton>
        )}
      </MenuButton>
    </span>
  );
}
