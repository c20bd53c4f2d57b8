"use client";
import "./log.css";
import {
  ArrowDown,
  ArrowDownToLine,
  ArrowUp,
  ArrowUpToLine,
  CaseSensitive,
  Clock,
  Copy,
  Download,
  Ellipsis,
  Link,
  ListChevronsDownUp,
  ListChevronsUpDown,
  Regex,
  WrapText,
  X,
} from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { MenuButton } from "@/components/ui/menu";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { toRouteUrl } from "@/lib/client/api";
import type { OpenLog } from "@/lib/client/run-control";
import { toRunLink } from "@/lib/client/run-links";
import { describeBytes } from "@/lib/client/run-words";
import type { PlaceLink } from "@/lib/logs/links";
import { LogEdge } from "./log-edge";
import { LogPlainText } from "./log-plain-text";
import { LogRows, type LogRowsHandle } from "./log-rows";

/** What is copied at most as one piece; more than this is a download. */
const COPY_MAX_ROWS = 200_000;
const FIND_AFTER_MS = 150;

/** One run's log: the rows, and the tools on them. */
export function LogView({ log, search, reveal, folds, times }: OpenLog) {
  const app = useApp();
  const { sections, folded } = useValue(folds.state);
  const { isShown: showsTimes } = useValue(times.state);
  const state = useValue(log.state);
  const found = useValue(search.state);
  const paths = useValue(app.runControl.paths);
  const rows = useRef<LogRowsHandle>(null);
  const [wrap, setWrap] = useState(false);
  const [plain, setPlain] = useState(false);
  const [text, setText] = useState("");
  const [isRegex, setIsRegex] = useState(false);
  const [isCaseSensitive, setIsCaseSensitive] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => search.find({ text, isRegex, isCaseSensitive }), text === "" ? 0 : FIND_AFTER_MS);
    return () => clearTimeout(timer);
  }, [search, text, isRegex, isCaseSensitive]);

  const findPath = useCallback((path: string) => (paths.has(path) ? path : undefined), [paths]);
  const openPlace = useCallback(
    (place: PlaceLink) => app.editors.openFile({ path: place.path, line: place.line, column: place.column }),
    [app],
  );
  const [revealed, setRevealed] = useState<number>();
  /** Byte offset of the line that is picked. */
  const [picked, setPicked] = useState<number>();
  const showOffset = useCallback(
    async (offset: number) => {
      folds.unfoldAt(offset);
      rows.current?.showRow(await log.showOffset(offset));
    },
    [log, folds],
  );
  const goToOffset = useCallback(
    (offset: number) => void showOffset(offset).catch((error: unknown) => app.showError(error)),
    [showOffset, app],
  );
  useEffect(() => {
    const listener = reveal.on((offset) => {
      setRevealed(offset);
      showOffset(offset).catch((error: unknown) => app.showError(error));
    });
    return () => listener.dispose();
  }, [reveal, showOffset, app]);
  const step = (direction: 1 | -1) => {
    const offset = search.step(direction, rows.current?.topOffset() ?? 0);
    if (offset !== undefined) void showOffset(offset).catch((error: unknown) => app.showError(error));
  };
  const copyAll = async () => {
    const { window } = log;
    const from = Math.max(window.firstRow, window.endRow - COPY_MAX_ROWS);
    await navigator.clipboard.writeText(window.copyText(from, window.endRow));
    const isAll = from === window.firstRow && window.start === 0;
    app.notices.show({ kind: "info", title: isAll ? "The log is copied" : "The end of the log is copied" });
  };
  const goTo = async () => {
    const answer = await app.dialogs.askText({
      title: "Go to line",
      label: "Line number, or a share such as 50%",
      value: "",
      confirm: "Go",
      check: (typed) => (/^\s*(\d+|\d{1,3}\s*%)\s*$/.test(typed) ? undefined : "A line number or a percentage."),
    });
    if (answer === undefined) return;
    const number = Number.parseInt(answer, 10);
    if (answer.includes("%")) {
      await showOffset(Math.min(state.sizeBytes - 1, Math.floor((state.sizeBytes * number) / 100)));
    } else {
      const row = await log.showLine(number - 1);
      folds.unfoldAt(log.window.getRow(row).start);
      rows.current?.showRow(row);
    }
    rows.current?.focus();
  };
  const copyLink = async () => {
    if (picked === undefined) return;
    const place = await app.api.findLogLine({ params: { run: log.run }, query: { offset: picked } });
    const link = toRunLink(window.location.origin, { run: log.run, line: place.line + 1 });
    await navigator.clipboard.writeText(link);
    app.notices.show({ kind: "info", title: `The link to line ${(place.line + 1).toLocaleString()} is copied` });
  };
  const count = found.matches.length;
  const total = `${count.toLocaleString()}${found.isTruncated ? "+" : ""}`;
  const label = found.problem
    ? "Not a regular expression"
    : found.query === undefined
      ? ""
      : count === 0
        ? found.isSearching || found.progress !== undefined
          ? "Searching…"
          : "No match"
        : found.current === undefined
          ? `${total} ${count === 1 ? "line" : "lines"}`
          : `${(found.current + 1).toLocaleString()} of ${total}`;
  const match = found.current === undefined ? revealed : found.matches[found.current];
  return (
    <section
      aria-label="Log"
      className="log-view flex h-full min-h-0 min-w-0 flex-1 flex-col bg-raised"
      data-status={state.status}
    >
      <div className="flex min-h-8.5 shrink-0 items-center gap-0.5 border-b px-2 max-[700px]:flex-wrap max-[700px]:py-1">
        <input
          type="search"
          aria-label="Search in the log"
          placeholder="Search in the log"
          className="field h-6.5! min-h-0! w-44! shrink text-xs max-[1200px]:w-30!"
          aria-invalid={found.problem !== undefined}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
            if (event.key === "Escape" && found.progress !== undefined) search.stop();
            else if (event.key === "Escape") {
              setText("");
              rows.current?.focus();
            }
          }}
        />
        <IconButton
          label="Match upper and lower case"
          active={isCaseSensitive}
          aria-pressed={isCaseSensitive}
          onClick={() => setIsCaseSensitive(!isCaseSensitive)}
        >
          <CaseSensitive size={15} />
        </IconButton>
        <IconButton
          label="Regular expression"
          active={isRegex}
          aria-pressed={isRegex}
          onClick={() => setIsRegex(!isRegex)}
        >
          <Regex size={14} />
        </IconButton>
        <IconButton label="Previous match" disabled={count === 0} onClick={() => step(-1)}>
          <ArrowUp size={14} />
        </IconButton>
        <IconButton label="Next match" disabled={count === 0} onClick={() => step(1)}>
          <ArrowDown size={14} />
        </IconButton>
        <span aria-live="polite" className="shrink-0 px-1 text-2xs whitespace-nowrap text-muted">
          {label}
        </span>
        {found.progress !== undefined && (
          <span className="flex shrink-0 items-center gap-1 text-2xs text-muted">
            <progress
              className="h-1.5 w-14 accent-(--accent)"
              aria-label="Searching the whole log"
              value={found.progress}
              max={1}
            />
            <IconButton label="Stop searching" keys="Esc" size={20} onClick={() => search.stop()}>
              <X size={12} />
            </IconButton>
          </span>
        )}
        <span className="flex-1" />
        {state.reading && <Spinner size={13} label="Reading the log" />}
        <span className="px-1 text-2xs whitespace-nowrap text-faint max-[1100px]:hidden">
          {describeBytes(state.sizeBytes)}
        </span>
        <Button
          size="small"
          variant="ghost"
          icon={<ArrowDownToLine size={13} />}
          aria-pressed={state.following}
          className={state.following ? "bg-pressed!" : undefined}
          data-tip={state.following ? "The end is kept in view" : "Go to the end and keep it in view"}
          onClick={() => (state.following ? log.setFollowing(false) : log.showEnd())}
        >
          Follow
        </Button>
        <IconButton
          label={folded.size > 0 ? "Unfold all parts" : "Fold all parts"}
          disabled={sections.length === 0}
          active={folded.size > 0}
          onClick={() => (folded.size > 0 ? folds.unfoldAll() : folds.foldAll())}
        >
          {folded.size > 0 ? <ListChevronsUpDown size={14} /> : <ListChevronsDownUp size={14} />}
        </IconButton>
        <IconButton label="Show times" active={showsTimes} aria-pressed={showsTimes} onClick={times.toggle}>
          <Clock size={13} />
        </IconButton>
        <IconButton
          label="Copy a link to the picked line"
          disabled={picked === undefined}
          onClick={() => void copyLink().catch((error: unknown) => app.showError(error))}
        >
          <Link size={13} />
        </IconButton>
        <IconButton label="Wrap long lines" active={wrap} aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
          <WrapText size={14} />
        </IconButton>
        <IconButton label="Copy the log" onClick={() => void copyAll().catch((error: unknown) => app.showError(error))}>
          <Copy size={13} />
        </IconButton>
        <a
          href={toRouteUrl("readLog", { params: { run: log.run } })}
          download={`${log.run}.log`}
          aria-label="Download the log"
          data-tip="Download the log"
          className="inline-grid size-6 place-items-center rounded-[5px] text-muted hover:bg-hover hover:text-text"
        >
          <Download size={14} />
        </a>
        <MenuButton
          label="More on the log"
          align="end"
          items={() => [
            { title: "Go to line…", run: () => void goTo().catch((error: unknown) => app.showError(error)) },
            {
              title: "Go to the start",
              icon: <ArrowUpToLine size={13} />,
              run: () => void log.showStart().then(() => rows.current?.showRow(log.window.firstRow)),
            },
            { title: "Go to the end", icon: <ArrowDownToLine size={13} />, run: () => log.showEnd() },
            "separator",
            {
              title: "Show overwritten lines",
              checked: state.carriageReturns === "break",
              run: () => log.setCarriageReturns(state.carriageReturns === "break" ? "overwrite" : "break"),
            },
            { title: "Plain text for screen readers", checked: plain, run: () => setPlain(!plain) },
          ]}
        >
          {(button) => (
            <IconButton label="More on the log" {...button}>
              <Ellipsis size={15} />
            </IconButton>
          )}
        </MenuButton>
      </div>
      <LogEdge log={log} side="earlier" />
      {state.end === state.start && state.status !== "failed" && (
        <p role="status" className="flex shrink-0 items-center gap-2 px-3 py-2 text-xs text-muted">
          {state.status === "ended" ? (
            "The run wrote nothing."
          ) : (
            <>
              <Spinner size={12} /> {state.sizeBytes > 0 ? "Reading the log…" : "Waiting for the first line…"}
            </>
          )}
        </p>
      )}
      {plain ? (
        <LogPlainText log={log} />
      ) : (
        <LogRows
          ref={rows}
          log={log}
          folds={folds}
          times={times}
          wrap={wrap}
          pattern={found.pattern}
          currentOffset={match}
          findPath={findPath}
          onOpenPlace={openPlace}
          onShowOffset={goToOffset}
          onPick={setPicked}
        />
      )}
      <LogEdge log={log} side="later" />
    </section>
  );
}
