/** A line that begins within brackets or quotes, and how far in the parser wants it. */
export interface ContinuationLine {
  start: number;
  indent: number;
}

const BREAK = /\r?\n|\r(?!\n)/y;
const MARKER = /(?:---|\.\.\.)(?=\s|$)/y;
const SPACES = / */y;
const BLANKS = /[ \t]*/y;
const REST = /[^\r\n]*/y;
/** A dash, or the mark of a key or a value, that stands alone. */
const INDICATOR = /[-?:](?=\s|$)/y;
const PROPERTY = /[&!][^\s[\]{},]*[ \t]*/y;
const COLON = /[ \t]*:(?=\s|$)/y;
/** A scalar without quotes, as far as it goes on its line. */
const PLAIN = /(?:[^\s:#]+|:(?!\s|$)|(?<!\s)#|[ \t]+(?![\s#]|$))+/y;
const PLAIN_IN_BRACKETS = /(?:[^\s:#,[\]{}]+|:(?![\s,[\]{}]|$)|(?<!\s)#)+/y;
/** What ends a scalar within brackets, behind blanks. */
const END_OF_PLAIN = /[,[\]{}\r\n#]|:(?=[\s,[\]{}]|$)|$/y;
const NEXT_OF_PLAIN = /(?:[ \t]*(?:\r?\n|\r(?!\n)))+( *)(?=[^\s#])/y;
const NEXT_OF_BLOCK = /(?:\r?\n|\r(?!\n))( *)(?=([^ \r\n])?)/y;

/**
 * The lines that begin within brackets or quotes, and the places of tabs that stand before or within brackets and are not
 * part of a text. Ruby's YAML does not ask how far in these lines begin, and takes such a tab for a blank; the parser wants
 * the lines further in than the key or the dash before, and no tab. Of a text that is no YAML, some or other.
 */
export function continuationLines(text: string): { lines: ContinuationLine[]; tabs: number[] } {
  return new Scan(text);
}

class Scan {
  readonly lines: ContinuationLine[] = [];
  readonly tabs: number[] = [];
  #at = 0;
  #lineStart = 0;
  /** Columns of the keys and dashes around, the innermost last. */
  readonly #columns: number[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    while (this.#at < text.length) {
      this.#skip(SPACES);
      const column = this.#at - this.#lineStart;
      while (this.#parent() >= column) this.#columns.pop();
      if (column === 0) this.#skip(MARKER);
      this.#line();
      this.#skip(REST);
      if (this.#skip(BREAK)) this.#lineStart = this.#at;
    }
  }

  #parent = () => this.#columns.at(-1) ?? -1;

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text);
  }

  /** Whether there was something to skip. */
  #skip(pattern: RegExp): boolean {
    const length = this.#match(pattern)?.[0].length ?? 0;
    this.#at += length;
    return length > 0;
  }

  /** Notes the tabs between there and here. */
  #noteTabs(from: number): void {
    for (let at = from; at < this.#at; at++) if (this.#text[at] === '\t') this.tabs.push(at);
  }

  /** Dashes, keys and the value after them, with the lines on which that goes on. */
  #line(): void {
    let afterKey: number | null = null;
    for (;;) {
      this.#skip(BLANKS);
      const column = this.#at - this.#lineStart;
      if (this.#skip(INDICATOR)) {
        this.#columns.push(column);
        afterKey = null;
        continue;
      }
      while (this.#skip(PROPERTY));
      const first = this.#text[this.#at] ?? '#';
      if ('#\r\n'.includes(first)) return;
      if ('|>'.includes(first)) return this.#blockScalar();
      const isPlain = !'"\'[{'.includes(first);
      if (isPlain) this.#skip(PLAIN);
      else if ('[{'.includes(first)) {
        if (afterKey !== null) this.#noteTabs(afterKey);
        this.#brackets();
      } else this.#quoted();
      if (!this.#skip(COLON)) return isPlain ? this.#restOfPlain() : undefined;
      this.#columns.push(column);
      afterKey = this.#at;
    }
  }

  #blockScalar(): void {
    this.#skip(REST);
    for (let next = this.#match(NEXT_OF_BLOCK); next; next = this.#match(NEXT_OF_BLOCK)) {
      const [line, indent = '', first] = next;
      if (first !== undefined && indent.length <= this.#parent()) return;
      this.#at += line.length;
      this.#lineStart = this.#at - indent.length;
      this.#skip(REST);
    }
  }

  #restOfPlain(): void {
    for (let next = this.#match(NEXT_OF_PLAIN); next; next = this.#match(NEXT_OF_PLAIN)) {
      const [lines, indent = ''] = next;
      if (indent.length <= this.#parent()) return;
      this.#at += lines.length;
      this.#lineStart = this.#at - indent.length;
      this.#skip(PLAIN);
    }
  }

  #quoted(): void {
    const quote = this.#text[this.#at++];
    while (this.#at < this.#text.length) {
      if (this.#skipBreak()) continue;
      const char = this.#text[this.#at++];
      const next = this.#text[this.#at] ?? '';
      if (char === '\\' && quote === '"' && !'\r\n'.includes(next)) this.#at++;
      else if (char === quote && quote === "'" && next === quote) this.#at++;
      else if (char === quote) return;
    }
  }

  #brackets(): void {
    let depth = 0;
    let isInPlain = false;
    while (this.#at < this.#text.length) {
      const from = this.#at;
      if (this.#skip(BLANKS) || (!isInPlain && this.#skip(PROPERTY))) {
        if (!isInPlain || from === this.#lineStart || this.#match(END_OF_PLAIN)) this.#noteTabs(from);
        continue;
      }
      if (this.#skipBreak()) continue;
      const char = this.#text[this.#at] ?? '';
      if (!isInPlain && '"\''.includes(char)) this.#quoted();
      else if (this.#skip(PLAIN_IN_BRACKETS)) isInPlain = true;
      else {
        isInPlain = false;
        if (char === '#') this.#skip(REST);
        else this.#at++;
        if ('[{'.includes(char)) depth++;
        if (']}'.includes(char) && --depth === 0) return;
      }
    }
  }

  #skipBreak(): boolean {
    if (!this.#skip(BREAK)) return false;
    this.#lineStart = this.#at;
    if (!this.#match(MARKER)) this.lines.push({ start: this.#at, indent: this.#parent() + 1 });
    return true;
  }
}
