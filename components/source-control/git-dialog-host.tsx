"use client";
import { useApp, useValue } from "@/components/workbench/app-context";
import { AccessDialog } from "./access-dialog";
import { CloneDialog } from "./clone-dialog";
import { ForkDialog } from "./fork-dialog";
import { RemotesDialog } from "./remotes-dialog";

/** The dialog about remotes that was asked for, from wherever. */
export function GitDialogHost() {
  const { gitDialogs } = useApp();
  const { dialog } = useValue(gitDialogs.state);
  const close = (): void => gitDialogs.close();
  switch (dialog?.kind) {
    case "clone":
      return <CloneDialog onClose={close} />;
    case "fork":
      return <ForkDialog {...(dialog.url && { url: dialog.url })} onClose={close} />;
    case "remotes":
      return <RemotesDialog onClose={close} />;
    case "access":
      return <AccessDialog {...(dialog.url && { url: dialog.url })} onClose={close} />;
    default:
      return null;
  }
}
