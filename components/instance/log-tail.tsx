"use client";
import "@/components/log/log.css";
import { useEffect, useMemo, useRef, useState } from "react";
import { LogRowView } from "@/components/log/log-row";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { VirtualRows } from "@/components/ui/virtual-rows";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { FindPath, PlaceLink } from "@/lib/logs/links";

const ROW_PX = 20;
const PLAIN = {};

/** A log of a partition: its end stays in view while one is there; scrolled up, what came before is loaded. */
export function LogTail({ partition, path }: { readonly partition: string; readonly path: string }) {
  const app = useApp();
  const log = useMemo(() => app.runControl.instances.openLog(partition, path), [app, partition, path]);
  const { rows, status, hasEarlier, error } = useValue(log.state);
  const paths = useValue(app.runControl.paths);
  const scroller = useRef<HTMLDivElement>(null);
  const [isFollowing, setIsFollowing] = useState(true);
  const [isLoading, setIsLoading] = useState(false);

  useEffect(() => {
    const watching = log.watch();
    return () => watching.dispose();
  }, [log]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows are what this answers to
  useEffect(() => {
    const element = scroller.current;
    if (element && isFollowing) element.scrollTop = element.scrollHeight;
  }, [rows, isFollowing]);

  const findPath: FindPath = (each) => (paths.has(each) ? each : undefined);
  const openPlace = (place: PlaceLink) =>
    app.editors.openFile({ path: place.path, line: place.line, column: place.column });
  const loadEarlier = async () => {
    const element = scroller.current;
    setIsFollowing(false);
    setIsLoading(true);
    const before = log.state.getState().rows.length;
    try {
      await log.loadEarlier();
      // What is being read stays where it is.
      if (element) element.scrollTop += (log.state.getState().rows.length - before) * ROW_PX;
    } catch (failure) {
      app.showError(failure);
    } finally {
      setIsLoading(false);
    }
  };
  if (status === "failed") return <ErrorState error={error} />;
  return (
    <section
      aria-label={`Log ${path}`}
      className="log-view flex h-full min-h-0 flex-col bg-raised"
      data-rows={rows.length}
    >
      <div className="flex h-7 shrink-0 items-center gap-2 border-b px-3 text-2xs text-muted">
        <span className="min-w-0 flex-1 truncate font-mono">{path}</span>
        {error !== undefined && <span className="text-warn">The server does not answer; trying again.</span>}
        <Button size="small" variant="ghost" disabled={!hasEarlier} busy={isLoading} onClick={() => void loadEarlier()}>
          Load earlier
        </Button>
        <Button
          size="small"
          variant="ghost"
          aria-pressed={isFollowing}
          className={isFollowing ? "bg-pressed!" : undefined}
          onClick={() => setIsFollowing(!isFollowing)}
        >
          Follow
        </Button>
      </div>
      <div
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={`Lines of ${path}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys
        tabIndex={0}
        className="min-h-0 flex-1 overflow-auto font-mono text-xs"
        onScroll={(event) => {
          const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
          const isAtEnd = scrollTop + clientHeight >= scrollHeight - ROW_PX;
          if (isAtEnd !== isFollowing) setIsFollowing(isAtEnd);
        }}
      >
        {rows.length === 0 && <p className="p-3 text-muted">{status === "loading" ? "Reading …" : "It is empty."}</p>}
        <VirtualRows count={rows.length} rowHeight={ROW_PX} scroller={scroller}>
          {(index) => {
            const row = rows[index]!;
            return row.text === undefined ? (
              <div key={row.key} className="px-3 text-warn" style={{ height: ROW_PX }}>
                Something is missing here: the file was cut, or rotated away.
              </div>
            ) : (
              <LogRowView
                key={row.key}
                row={index}
                text={row.text}
                style={PLAIN}
                lineNumber={undefined}
                continues={false}
                rewritten={false}
                gutterWidth="1.5rem"
                wrap={false}
                pattern={undefined}
                isCurrent={false}
                isSelected={false}
                findPath={findPath}
                onOpenPlace={openPlace}
                onPickLine={noPick}
              />
            );
          }}
        </VirtualRows>
      </div>
    </section>
  );
}

function noPick(): void {}
