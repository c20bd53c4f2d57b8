"use client";
import { ChevronDown, ChevronUp, X } from "lucide-react";
import { IconButton } from "@/components/ui/icon-button";
import { Tabs } from "@/components/ui/tabs";
import { useApp, useValue } from "./app-context";
import { panelViews } from "./contributions";
import { useIsNarrow } from "./use-is-narrow";

/** The views of the bottom panel as tabs. Only the shown one is mounted. */
export function BottomPanel() {
  const { layout } = useApp();
  const { panelView, panelMaximized } = useValue(layout.state);
  const isNarrow = useIsNarrow();
  const shown = panelViews.find(({ id }) => id === panelView) ?? panelViews[0];
  if (!shown) return null;
  const { id, component: View, actions: Actions } = shown;
  return (
    <section data-region="panel" aria-label="Panel" className="flex h-full min-h-0 min-w-0 flex-1 flex-col bg-raised">
      <div className="flex h-8.5 shrink-0 items-center justify-between gap-2 border-b px-1.5">
        <Tabs
          label="Panel views"
          items={panelViews.map(({ id, title, badge: Badge }) => ({ id, title, badge: Badge && <Badge /> }))}
          selected={id}
          onSelect={layout.showPanelView}
        />
        <div className="flex items-center gap-0.5">
          {Actions && <Actions />}
          {!isNarrow && (
            <IconButton
              label={panelMaximized ? "Restore panel size" : "Maximize panel"}
              onClick={() => layout.state.setState({ panelMaximized: !panelMaximized })}
            >
              {panelMaximized ? <ChevronDown size={15} /> : <ChevronUp size={15} />}
            </IconButton>
          )}
          <IconButton label="Close panel" onClick={() => layout.togglePanel()}>
            <X size={15} />
          </IconButton>
        </div>
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-tab`} className="min-h-0 flex-1 overflow-hidden">
        <View />
      </div>
    </section>
  );
}
