import { applySgr, type Style } from './sgr.ts';

/** A piece of a line that looks the same throughout. */
export interface Run {
  text: string;
  style: Style;
}

const CONTROL =
  /\x1b(?:\[([0-9:;<=>?]*)[ -/]*([@-~])|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])|[\x00-\x08\x0b-\x1f\x7f]/g;
const HAS_CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/;
/** What goes back, or erases what was written. */
const MOVES = /[\r\x08]|\x1b\[[0-9;]*[CDG]|\x1b\[[12]K/;
const MARKER = /section_(?:start|end):\d{1,11}:[\w.-]{1,128}(?:\[[^\]\r\n]{0,256}\])?\r\x1b\[0K/g;
/** The moment, stream and kind that GitLab's runner puts before a line with FF_TIMESTAMPS. */
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) [0-9a-f]{2}[OE][ +]/;
/** No sequence moves further than this. */
const MOST_COLUMNS = 4096;

/** A line as it is stored, without the moment at its beginning and without the markers of sections. */
export function partsOfLine(line: string): { stamp: string | null; text: string } {
  const found = line.charCodeAt(0) === 0x32 ? STAMP.exec(line) : null;
  const rest = found ? line.slice(found[0].length) : line;
  const text = rest.includes('section_') ? rest.replace(MARKER, '') : rest;
  return { stamp: found?.[1] ?? null, text: text.replace(/\r+$/, '') };
}

/** What a terminal shows of a line that begins in `style`: colours, and what was overwritten is not there. */
export function runsOf(text: string, style: Style): Run[] {
  if (!HAS_CONTROL.test(text)) return text === '' ? [] : [{ text, style }];
  return MOVES.test(text) ? overwritten(text, style) : appended(text, style);
}

/** The line's characters alone: what is searched and copied. */
export function plainText(line: string): string {
  const { text } = partsOfLine(line);
  if (!HAS_CONTROL.test(text)) return text;
  if (!MOVES.test(text)) return text.replace(CONTROL, '');
  return runsOf(text, NO_STYLE)
    .map((run) => run.text)
    .join('');
}
/** Where colours do not matter, any style does. */
const NO_STYLE = {} as Style;

function appended(text: string, first: Style): Run[] {
  const runs: Run[] = [];
  let style = first;
  let at = 0;
  const add = (end: number) => {
    if (end <= at) return;
    const last = runs.at(-1);
    if (last?.style === style) last.text += text.slice(at, end);
    else runs.push({ text: text.slice(at, end), style });
  };
  for (const found of text.matchAll(CONTROL)) {
    add(found.index);
    at = found.index + found[0].length;
    if (found[2] === 'm') style = applySgr(style, found[1] ?? '');
  }
  add(text.length);
  return runs;
}

function overwritten(text: string, first: Style): Run[] {
  const row = new Row(first);
  let at = 0;
  for (const found of text.matchAll(CONTROL)) {
    row.put(text.slice(at, found.index));
    at = found.index + found[0].length;
    row.control(found[0], found[1] ?? '', found[2]);
  }
  row.put(text.slice(at));
  return row.runs();
}

/** One row of a terminal, character by character. */
class Row {
  readonly #cells: string[] = [];
  readonly #styles: Style[] = [];
  #style: Style;
  #column = 0;

  constructor(style: Style) {
    this.#style = style;
  }

  put(text: string): void {
    for (const character of text) {
      for (let gap = this.#cells.length; gap < this.#column; gap += 1) this.#set(gap, ' ');
      this.#set(this.#column, character);
      this.#column += 1;
    }
  }

  control(whole: string, params: string, final: string | undefined): void {
    const count = Math.max(1, Number.parseInt(params, 10) || 1);
    if (whole === '\r') this.#column = 0;
    else if (whole === '\b') this.#move(-1);
    else if (final === 'C') this.#move(count);
    else if (final === 'D') this.#move(-count);
    else if (final === 'G') this.#column = Math.min(MOST_COLUMNS, count - 1);
    else if (final === 'K') this.#erase(Number.parseInt(params, 10) || 0);
    else if (final === 'm') this.#style = applySgr(this.#style, params);
  }

  runs(): Run[] {
    const runs: Run[] = [];
    for (const [index, text] of this.#cells.entries()) {
      const style = this.#styles[index] ?? this.#style;
      const last = runs.at(-1);
      if (last?.style === style) last.text += text;
      else runs.push({ text, style });
    }
    return runs;
  }

  #set(column: number, text: string): void {
    this.#cells[column] = text;
    this.#styles[column] = this.#style;
  }

  #move(by: number): void {
    const least = Math.max(0, this.#column + by);
    this.#column = by < 0 ? least : Math.min(Math.max(MOST_COLUMNS, this.#column), least);
  }

  /** 0: from here on, 1: up to here, 2: all of it. */
  #erase(what: number): void {
    if (what === 2 || what === 0)
      this.#cells.length = what === 2 ? 0 : Math.min(this.#cells.length, this.#column);
    this.#styles.length = this.#cells.length;
    if (what === 1)
      for (let column = 0; column <= this.#column && column < this.#cells.length; column += 1)
        this.#set(column, ' ');
  }
}
