/**
 * What slapgrid puts in front of a line, with or without the time. Exactly one space ends it: what follows is the
 * indentation of the line itself, and an indented `Installing x.` tells where an error happened, not progress.
 */
const PREFIX = /^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d+)? )?slapos(?:\.\w+)*\[\d+\] [A-Z]+ /;
const COLOURS = /\u001b\[[0-9;:]*m/g;

/** The engine's own words of one log line, indentation kept. */
export function toEngineLine(line: string): string {
  return line.replace(COLOURS, "").replace(/\r$/, "").replace(PREFIX, "");
}
