/**
 * One row of log text → runs of plain text with a style. Colours yes, markup never.
 *
 * Understood are the SGR sequences (`ESC [ … m`). Every other complete escape sequence (cursor moves, window titles,
 * hyperlinks, device strings) is dropped; the text around it stays. A sequence that the row does not complete, and
 * every other control character, is shown as its visible picture (`␛`, `␇`), so a log cannot hide text by them.
 * Characters that reorder text (U+202A…U+202E, U+2066…U+2069) are shown by their number for the same reason.
 *
 * Parsing never fails. Invariant: the spans' texts contain no control character but tab.
 */

/** 0 to 15 are the theme's colours; others are `#rrggbb`. */
export type AnsiColour = number | string;

export interface AnsiStyle {
  readonly foreground?: AnsiColour;
  readonly background?: AnsiColour;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
  readonly strike?: boolean;
}

export interface AnsiSpan {
  readonly text: string;
  readonly style: AnsiStyle;
}

export const PLAIN_STYLE: AnsiStyle = Object.freeze({});

/** Longest complete escape sequence that is dropped; a longer one is shown, since it is more likely text. */
const ESCAPE_MAX_CHARACTERS = 2048;

const ESC = "\u001b";
/** CSI; OSC, DCS, SOS, PM and APC strings up to BEL or ST; charset choices; two-character sequences. */
const ESCAPE =
  /\u001b(?:\[([0-?]*)[ -/]*([@-~])|[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)|[ #%()*+\-./][ -~]|[0-OQ-WYZ\\a-z=>|}~])/y;
const SPECIAL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

export function parseAnsi(text: string, initial: AnsiStyle = PLAIN_STYLE): AnsiSpan[] {
  if (text.search(SPECIAL) < 0) return text === "" ? [] : [{ text, style: initial }];
  const spans: AnsiSpan[] = [];
  let style = initial;
  let pending = "";
  const flush = (): void => {
    if (pending !== "") spans.push({ text: pending, style });
    pending = "";
  };
  let at = 0;
  SPECIAL.lastIndex = 0;
  for (let found = SPECIAL.exec(text); found; found = SPECIAL.exec(text)) {
    pending += text.slice(at, found.index);
    const sequence = found[0] === ESC ? matchEscape(text, found.index) : undefined;
    if (!sequence) {
      pending += toVisible(found[0]);
      at = found.index + 1;
    } else {
      if (sequence.final === "m") {
        const next = applySgr(style, sequence.parameters);
        if (!isSameStyle(next, style)) {
          flush();
          style = next;
        }
      }
      at = sequence.end;
      SPECIAL.lastIndex = at;
    }
  }
  pending += text.slice(at);
  flush();
  return spans;
}

/** The style in force after the text; what the next row begins with. */
export function advanceStyle(text: string, initial: AnsiStyle): AnsiStyle {
  let style = initial;
  for (let at = text.indexOf(ESC); at >= 0; at = text.indexOf(ESC, at + 1)) {
    const sequence = matchEscape(text, at);
    if (sequence?.final === "m") style = applySgr(style, sequence.parameters);
  }
  return style;
}

export function stripAnsi(text: string): string {
  return parseAnsi(text)
    .map((span) => span.text)
    .join("");
}

export function isSameStyle(a: AnsiStyle, b: AnsiStyle): boolean {
  return (
    a.foreground === b.foreground &&
    a.background === b.background &&
    !a.bold === !b.bold &&
    !a.dim === !b.dim &&
    !a.italic === !b.italic &&
    !a.underline === !b.underline &&
    !a.inverse === !b.inverse &&
    !a.strike === !b.strike
  );
}

interface EscapeSequence {
  readonly parameters: string;
  readonly final: string;
  readonly end: number;
}

function matchEscape(text: string, at: number): EscapeSequence | undefined {
  ESCAPE.lastIndex = at;
  const match = ESCAPE.exec(text);
  if (!match || match[0].length > ESCAPE_MAX_CHARACTERS) return undefined;
  return { parameters: match[1] ?? "", final: match[2] ?? "", end: at + match[0].length };
}

function toVisible(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}

/** ECMA-48 section 8.3.117; `38`/`48` with `;` or `:` as xterm takes them. Unknown numbers change nothing. */
export function applySgr(style: AnsiStyle, parameters: string): AnsiStyle {
  if (/[<-?]/.test(parameters)) return style;
  const codes = parameters.split(/[;:]/).map((code) => (code === "" ? 0 : Number(code)));
  let next: { -readonly [K in keyof AnsiStyle]: AnsiStyle[K] } = { ...style };
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code === 0) next = {};
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 7) next.inverse = true;
    else if (code === 9) next.strike = true;
    else if (code === 22) next = { ...next, bold: undefined, dim: undefined };
    else if (code === 23) next.italic = undefined;
    else if (code === 24) next.underline = undefined;
    else if (code === 27) next.inverse = undefined;
    else if (code === 29) next.strike = undefined;
    else if (code >= 30 && code <= 37) next.foreground = code - 30;
    else if (code === 39) next.foreground = undefined;
    else if (code >= 40 && code <= 47) next.background = code - 40;
    else if (code === 49) next.background = undefined;
    else if (code >= 90 && code <= 97) next.foreground = code - 90 + 8;
    else if (code >= 100 && code <= 107) next.background = code - 100 + 8;
    else if (code === 38 || code === 48) {
      const extended = readExtendedColour(codes, i + 1);
      i += extended.taken;
      if (extended.colour === undefined) continue;
      if (code === 38) next.foreground = extended.colour;
      else next.background = extended.colour;
    }
  }
  return next;
}

function readExtendedColour(codes: readonly number[], at: number): { colour?: AnsiColour; taken: number } {
  if (codes[at] === 5) return { colour: fromPalette(codes[at + 1]), taken: 2 };
  if (codes[at] !== 2) return { taken: codes.length };
  const channels = codes.slice(at + 1, at + 4);
  if (channels.length < 3 || channels.some((channel) => !(channel >= 0 && channel <= 255))) return { taken: 4 };
  return { colour: toHex(channels), taken: 4 };
}

/** xterm's 256 colours: 16 of the theme, a 6×6×6 cube, 24 greys. */
function fromPalette(index: number | undefined): AnsiColour | undefined {
  if (index === undefined || !(index >= 0 && index <= 255)) return undefined;
  if (index < 16) return index;
  if (index >= 232) return toHex(Array<number>(3).fill(8 + (index - 232) * 10));
  const level = (step: number): number => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return toHex([level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)]);
}

function toHex(channels: readonly number[]): string {
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
