"use client";
import { EditorArea } from "@/components/editor/editor-area";
import { GestureHost } from "@/components/gestures/gesture-host";
import { Palette } from "@/components/palette/palette";
import { GitDialogHost } from "@/components/source-control/git-dialog-host";
import { Resizer } from "@/components/ui/resizer";
import { TooltipLayer } from "@/components/ui/tooltip-layer";
import { ActivityBar } from "./activity-bar";
import { useApp, useValue } from "./app-context";
import { BottomPanel } from "./bottom-panel";
import { panelViews } from "./contributions";
import { DialogHost } from "./dialog-host";
import { NoticeStack } from "./notice-stack";
import { OfflineBanner } from "./offline-banner";
import { SideBar } from "./side-bar";
import { StatusBar } from "./status-bar";
import { TitleBar } from "./title-bar";
import { useIsNarrow } from "./use-is-narrow";

const SIDE_MIN = 170;
const PANEL_MIN = 100;

/** The whole page: title bar, views, editors, panel, status bar; one column when it is narrow. */
export function Workbench() {
  const narrow = useIsNarrow();
  return (
    <div className="flex h-dvh flex-col bg-bg text-text">
      <TitleBar />
      <OfflineBanner />
      {narrow ? <NarrowBody /> : <WideBody />}
      <StatusBar />
      {narrow && <ActivityBar narrow />}
      <Palette />
      <GestureHost />
      <GitDialogHost />
      <DialogHost />
      <NoticeStack />
      <TooltipLayer />
    </div>
  );
}

function WideBody() {
  const { layout } = useApp();
  const { sideBarOpen, sideBarWidth, panelOpen, panelHeight, panelMaximized } = useValue(layout.state);
  const hasPanel = panelOpen && panelViews.length > 0;
  const fills = hasPanel && panelMaximized;
  return (
    <div className="flex min-h-0 flex-1">
      <ActivityBar narrow={false} />
      {sideBarOpen && (
        <>
          <div className="flex max-w-[50vw] shrink-0" style={{ width: sideBarWidth }}>
            <SideBar />
          </div>
          <Resizer
            label="Width of the side bar"
            axis="x"
            value={sideBarWidth}
            min={SIDE_MIN}
            max={640}
            onChange={(width) => layout.state.setState({ sideBarWidth: width })}
            onReset={() => layout.state.setState({ sideBarWidth: 264 })}
          />
        </>
      )}
      <div className="flex min-w-0 flex-1 flex-col">
        <main data-region="editor" aria-label="Editors" className={fills ? "hidden" : "flex min-h-0 flex-1"}>
          <EditorArea />
        </main>
        {hasPanel && (
          <>
            {!fills && (
              <Resizer
                label="Height of the panel"
                axis="y"
                grows="before"
                value={panelHeight}
                min={PANEL_MIN}
                max={window.innerHeight - 260}
                onChange={(height) => layout.state.setState({ panelHeight: height })}
                onReset={() => layout.state.setState({ panelHeight: 260 })}
              />
            )}
            <div
              className={fills ? "flex min-h-0 flex-1" : "flex max-h-[70vh] shrink-0"}
              style={fills ? undefined : { height: panelHeight }}
            >
              <BottomPanel />
            </div>
          </>
        )}
      </div>
    </div>
  );
}

function NarrowBody() {
  const { layout } = useApp();
  const region = useValue(layout.state, ({ narrowRegion }) => narrowRegion);
  return (
    <div className="flex min-h-0 flex-1">
      {region === "side" && <SideBar />}
      {region === "panel" && <BottomPanel />}
      <main
        data-region="editor"
        aria-label="Editors"
        className={region === "editor" ? "flex min-w-0 flex-1" : "hidden"}
      >
        <EditorArea />
      </main>
    </div>
  );
}
