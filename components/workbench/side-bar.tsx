"use client";
import { useApp, useValue } from "./app-context";
import { sideViews } from "./contributions";

export function SideBar() {
  const { layout } = useApp();
  const view = useValue(layout.state, ({ sideView }) => sideView);
  const shown = sideViews.find(({ id }) => id === view) ?? sideViews[0];
  if (!shown) return null;
  const { title, component: View, actions: Actions } = shown;
  return (
    <aside data-region="side" aria-label={title} className="flex h-full min-w-0 flex-1 flex-col bg-raised">
      {Actions && (
        <div className="flex h-8.5 shrink-0 items-center justify-between pr-1.5 pl-3.5">
          <h2 className="truncate text-2xs font-semibold tracking-wide text-muted uppercase">{title}</h2>
          <div className="flex">
            <Actions />
          </div>
        </div>
      )}
      <div className="min-h-0 flex-1">
        <View />
      </div>
    </aside>
  );
}
