/** `path:line:column` and web addresses in a terminal: a click opens the file at its line, or the address beside. */
import type { ILink, ILinkProvider, Terminal } from "@xterm/xterm";
import { findLinks } from "@/lib/logs/links";

export function createTerminalLinks(
  terminal: Terminal,
  options: {
    readonly findPath: (printed: string) => string | undefined;
    readonly openPlace: (path: string, line: number | undefined, column: number | undefined) => void;
  },
): ILinkProvider {
  return {
    provideLinks(row, callback) {
      const text = terminal.buffer.active.getLine(row - 1)?.translateToString(true) ?? "";
      const links = findLinks(text, options.findPath).map((link): ILink => {
        const range = { start: { x: link.start + 1, y: row }, end: { x: link.end, y: row } };
        const shown = text.slice(link.start, link.end);
        const activate = (): void => {
          if (link.kind === "web") window.open(link.url, "_blank", "noopener,noreferrer");
          else options.openPlace(link.path, link.line, link.column);
        };
        return { range, text: shown, activate };
      });
      callback(links.length > 0 ? links : undefined);
    },
  };
}
