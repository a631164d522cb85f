import { plainText } from './line-runs.ts';

export interface Query {
  text: string;
  isRegex: boolean;
  matchCase: boolean;
}

/** Where a query was found: `starts` and `ends` are offsets in the characters that the line shows. */
export interface Found {
  lines: number[];
  starts: number[];
  ends: number[];
}

/** What is found at most, in a log and in one line of it. */
export const MOST_FOUND = 100_000;
const MOST_IN_LINE = 200;
/** Bytes of a line that are looked through. */
const LONGEST_LINE = 1024 * 1024;
const LINE_FEED = 10;

/** @throws SyntaxError for what is no regular expression */
export function patternOf({ text, isRegex, matchCase }: Query): RegExp {
  const source = isRegex ? text : text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
  return new RegExp(source, matchCase ? 'gu' : 'giu');
}

/** Looks for a query in a log that comes in pieces, however they are cut. */
export class LogSearch {
  readonly #pattern: RegExp;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #rest = new Uint8Array(0);
  /** Behind LONGEST_LINE: what comes up to the next line feed is not looked at. */
  #skips = false;
  #line = 1;
  #count = 0;

  constructor(query: Query) {
    this.#pattern = patternOf(query);
  }

  get count(): number {
    return this.#count;
  }
  get isFull(): boolean {
    return this.#count >= MOST_FOUND;
  }

  /** What is found in the lines that end with these bytes. */
  add(bytes: Uint8Array): Found {
    const found: Found = { lines: [], starts: [], ends: [] };
    let at = 0;
    const first = bytes.indexOf(LINE_FEED);
    if (first < 0) {
      this.#keep(bytes, found);
      return found;
    }
    if (this.#skips) this.#skips = false;
    else
      this.#look(
        this.#rest.length > 0 ? concat(this.#rest, bytes.subarray(0, first)) : bytes.subarray(0, first),
        found,
      );
    this.#rest = new Uint8Array(0);
    this.#line += 1;
    at = first + 1;
    const last = bytes.lastIndexOf(LINE_FEED);
    if (last >= at)
      for (const text of this.#decoder.decode(bytes.subarray(at, last)).split('\n')) {
        this.#lookIn(text, found);
        this.#line += 1;
      }
    this.#keep(bytes.subarray(last + 1), found);
    return found;
  }

  /** What is found in a last line that no line feed ends. */
  end(): Found {
    const found: Found = { lines: [], starts: [], ends: [] };
    if (!this.#skips && this.#rest.length > 0) this.#look(this.#rest, found);
    return found;
  }

  #keep(bytes: Uint8Array, found: Found): void {
    if (this.#skips || bytes.length === 0) return;
    this.#rest = concat(this.#rest, bytes);
    if (this.#rest.length <= LONGEST_LINE) return;
    this.#look(this.#rest, found);
    this.#rest = new Uint8Array(0);
    this.#skips = true;
  }

  #look(bytes: Uint8Array, found: Found): void {
    this.#lookIn(this.#decoder.decode(bytes.subarray(0, LONGEST_LINE)), found);
  }

  #lookIn(line: string, found: Found): void {
    if (this.isFull) return;
    const text = plainText(line.length > LONGEST_LINE ? line.slice(0, LONGEST_LINE) : line);
    let inLine = 0;
    for (const match of text.matchAll(this.#pattern)) {
      if (match[0] === '') continue;
      found.lines.push(this.#line);
      found.starts.push(match.index);
      found.ends.push(match.index + match[0].length);
      this.#count += 1;
      if (++inLine >= MOST_IN_LINE || this.isFull) return;
    }
  }
}

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
