"use client";
import { FileCode2, PanelBottom } from "lucide-react";
import { classNames } from "@/components/ui/class-names";
import { describeKeys } from "@/lib/client/keymap";
import { useApp, useValue } from "./app-context";
import { panelViews, sideViews } from "./contributions";

const BUTTON = "relative grid h-9 w-9 place-items-center rounded-md";
const PRESSED = "bg-pressed text-text";
const RAISED = "text-faint hover:bg-hover hover:text-text";

/** The views of the side bar by icon. On a narrow page it lies at the bottom and also shows editor and panel. */
export function ActivityBar({ narrow }: { readonly narrow: boolean }) {
  const { layout } = useApp();
  const { sideBarOpen, sideView, panelOpen, narrowRegion } = useValue(layout.state);
  const place = narrow ? "h-12 w-full flex-row border-t justify-around" : "w-11 flex-col border-r py-1";
  return (
    <nav
      data-region="activity"
      aria-label="Views"
      className={classNames("flex shrink-0 items-center gap-0.5 bg-sunken", place)}
    >
      {sideViews.map(({ id, title, icon: Icon, badge: Badge }) => {
        const active = narrow ? narrowRegion === "side" && sideView === id : sideBarOpen && sideView === id;
        const keys = describeKeys(`view.${id}`);
        return (
          <button
            key={id}
            type="button"
            aria-label={title}
            aria-pressed={active}
            data-tip={keys ? `${title} (${keys})` : title}
            onClick={() => (narrow ? layout.showSideView(id) : layout.toggleSideView(id))}
            className={classNames(BUTTON, active ? PRESSED : RAISED)}
          >
            <Icon size={19} />
            {Badge && (
              <span aria-hidden className="absolute top-0.5 right-0.5">
                <Badge />
              </span>
            )}
          </button>
        );
      })}
      {narrow && (
        <button
          type="button"
          aria-label="Editor"
          aria-pressed={narrowRegion === "editor"}
          data-tip="Editor"
          onClick={layout.showEditors}
          className={classNames(BUTTON, narrowRegion === "editor" ? PRESSED : RAISED)}
        >
          <FileCode2 size={19} />
        </button>
      )}
      {panelViews.length > 0 && (
        <button
          type="button"
          aria-label="Panel"
          aria-pressed={narrow ? narrowRegion === "panel" : panelOpen}
          data-tip={`Panel (${describeKeys("view.togglePanel")})`}
          onClick={() =>
            narrow ? layout.state.setState({ narrowRegion: "panel", panelOpen: true }) : layout.togglePanel()
          }
          className={classNames(
            BUTTON,
            !narrow && "mt-auto",
            (narrow ? narrowRegion === "panel" : panelOpen) ? PRESSED : RAISED,
          )}
        >
          <PanelBottom size={19} />
        </button>
      )}
    </nav>
  );
}
