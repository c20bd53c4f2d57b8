"use client";
import { Download, Link, Settings2, Share2 } from "lucide-react";
import { IconButton } from "@/components/ui/icon-button";
import { MenuButton } from "@/components/ui/menu";
import { useApp } from "@/components/workbench/app-context";
import { toRouteUrl } from "@/lib/client/api";
import { toRunLink } from "@/lib/client/run-links";
import type { RunInfo } from "@/lib/protocol/runs";

/** Giving a run to somebody else: by a link, or as one file. */
export function ShareMenu({ run }: { readonly run: RunInfo }) {
  const app = useApp();
  const copy = async (link: string) => {
    await navigator.clipboard.writeText(link);
    app.notices.show({ kind: "info", title: "The link is copied", detail: "Whoever opens it signs in first." });
  };
  const failed = run.state === "failed" && run.part !== undefined ? run.part : undefined;
  return (
    <MenuButton
      label="Share"
      align="end"
      items={() => [
        {
          title: "Copy a link to this run",
          icon: <Link size={13} />,
          run: () => copy(toRunLink(window.location.origin, { run: run.id })).catch((error) => app.showError(error)),
        },
        ...(failed === undefined
          ? []
          : [
              {
                title: `Copy a link to ${failed} in its log`,
                run: () =>
                  copy(toRunLink(window.location.origin, { run: run.id, part: failed })).catch((error) =>
                    app.showError(error),
                  ),
              },
            ]),
        {
          title: "Download it all in one file",
          icon: <Download size={13} />,
          run: () => download(toRouteUrl("downloadRunBundle", { params: { run: run.id } }), `run-${run.id}.tar.gz`),
        },
        "separator",
        {
          title: "Keeping and notifications…",
          icon: <Settings2 size={13} />,
          run: () => app.runControl.view.setState({ isKeepingOpen: true }),
        },
      ]}
    >
      {(button) => (
        <IconButton label="Share" {...button}>
          <Share2 size={13} />
        </IconButton>
      )}
    </MenuButton>
  );
}

function download(url: string, name: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}
