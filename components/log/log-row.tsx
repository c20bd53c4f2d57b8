"use client";
import { ChevronDown, ChevronRight } from "lucide-react";
import { memo, useMemo } from "react";
import { classNames } from "@/components/ui/class-names";
import type { PartSection } from "@/lib/client/timeline";
import type { AnsiColour, AnsiStyle } from "@/lib/logs/ansi";
import { classifyLogLine } from "@/lib/logs/line-kind";
import type { FindPath, LogLink, PlaceLink } from "@/lib/logs/links";
import { toSegments } from "@/lib/logs/row-segments";
import { LogPartFacts } from "./log-part-head";

export interface LogRowViewProps {
  readonly row: number;
  readonly text: string;
  readonly style: AnsiStyle;
  /** One-based; undefined where the window does not know it. */
  readonly lineNumber: number | undefined;
  readonly continues: boolean;
  readonly rewritten: boolean;
  readonly gutterWidth: string;
  readonly wrap: boolean;
  readonly pattern: RegExp | undefined;
  readonly isCurrent: boolean;
  readonly isSelected: boolean;
  /** The part that begins with this row. */
  readonly section?: PartSection;
  readonly isFolded?: boolean;
  /** When it was written. */
  readonly atMs?: number;
  readonly showsTime?: boolean;
  readonly findPath: FindPath;
  readonly onOpenPlace: (place: PlaceLink) => void;
  readonly onPickLine: (row: number, extend: boolean) => void;
  readonly onFold?: (key: string) => void;
}

const TIME = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** One row of the log. Text only: everything in it is a text node, whatever the log contains. */
export const LogRowView = memo(function LogRowView(props: LogRowViewProps) {
  const { text, style, pattern, findPath, wrap, row, section, isFolded = false } = props;
  const segments = useMemo(() => toSegments(text, style, { pattern, findPath }), [text, style, pattern, findPath]);
  const kind = useMemo(() => (props.continues ? "plain" : classifyLogLine(text)), [text, props.continues]);
  return (
    <div
      className="log-row flex min-w-full"
      data-kind={kind === "plain" ? undefined : kind}
      data-current={props.isCurrent || undefined}
      data-selected={props.isSelected || undefined}
      data-row={row}
    >
      <span
        aria-hidden
        className="sticky left-0 shrink-0 cursor-pointer bg-raised pr-2.5 pl-2 text-right text-faint select-none"
        style={{ width: props.gutterWidth }}
        onClick={(event) => props.onPickLine(row, event.shiftKey)}
      >
        {props.continues ? "↳" : (props.lineNumber ?? "·")}
      </span>
      {props.showsTime && (
        <time
          className="shrink-0 pr-3 text-faint select-none"
          dateTime={props.atMs === undefined ? undefined : new Date(props.atMs).toISOString()}
        >
          {props.atMs === undefined ? "--:--:--" : TIME.format(props.atMs)}
        </time>
      )}
      {section && (
        <button
          type="button"
          tabIndex={-1}
          aria-expanded={!isFolded}
          aria-label={`${section.part.name}, ${section.lines} lines`}
          data-fold={section.part.key}
          className="inline-grid h-5 w-4 shrink-0 place-items-center text-muted hover:text-text"
          onClick={() => props.onFold?.(section.key)}
        >
          {isFolded ? <ChevronRight size={13} /> : <ChevronDown size={13} />}
        </button>
      )}
      <span
        className={classNames(
          "log-text pr-4",
          !section && "flex-1",
          wrap ? "break-all whitespace-pre-wrap" : "whitespace-pre",
        )}
      >
        {segments.map((segment) => (
          <Segment
            key={segment.start}
            text={segment.text}
            style={segment.style}
            link={segment.link}
            isMatch={segment.isMatch}
            onOpenPlace={props.onOpenPlace}
          />
        ))}
        {props.rewritten && (
          <span className="ml-2 text-faint select-none" title="The line was written anew; earlier texts are hidden">
            ↻
          </span>
        )}
      </span>
      {section && <LogPartFacts section={section} isFolded={isFolded} />}
    </div>
  );
});

function Segment({
  text,
  style,
  link,
  isMatch,
  onOpenPlace,
}: {
  readonly text: string;
  readonly style: AnsiStyle;
  readonly link: LogLink | undefined;
  readonly isMatch: boolean;
  readonly onOpenPlace: (place: PlaceLink) => void;
}) {
  const css = toCss(style);
  const className = classNames(isMatch && "log-match", link && "underline decoration-dotted underline-offset-2");
  if (link?.kind === "web") {
    return (
      <a href={link.url} target="_blank" rel="noopener noreferrer" className={className} style={css}>
        {text}
      </a>
    );
  }
  if (link) {
    const place = link.line === undefined ? link.path : `${link.path}:${link.line}`;
    return (
      <button
        type="button"
        tabIndex={-1}
        data-tip={`Open ${place}`}
        className={classNames("cursor-pointer hover:text-accent", className)}
        style={css}
        onClick={() => onOpenPlace(link)}
      >
        {text}
      </button>
    );
  }
  if (!css && className === "") return text;
  return (
    <span className={className} style={css}>
      {text}
    </span>
  );
}

function toCss(style: AnsiStyle): React.CSSProperties | undefined {
  const { foreground, background, inverse } = style;
  const css: React.CSSProperties = {};
  const front = inverse ? (background ?? "var(--raised)") : foreground;
  const back = inverse ? (foreground ?? "var(--text)") : background;
  if (front !== undefined) css.color = toColour(front);
  if (back !== undefined) css.backgroundColor = toColour(back);
  if (style.bold) css.fontWeight = 700;
  if (style.dim) css.opacity = 0.75;
  if (style.italic) css.fontStyle = "italic";
  const line = classNames(style.underline && "underline", style.strike && "line-through");
  if (line !== "") css.textDecorationLine = line;
  return Object.keys(css).length > 0 ? css : undefined;
}

function toColour(colour: AnsiColour): string {
  return typeof colour === "number" ? `var(--ansi-${colour})` : colour;
}
