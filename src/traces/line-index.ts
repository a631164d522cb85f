import { countFeeds, type LogSection, LogSections } from './log-sections.ts';

const LINE_FEED = 0x0a;
/** Bytes that are looked through for one line. */
export const BLOCK = 256 * 1024;
const TITLE = Buffer.from('jobyard-lines 2\n');
/** Of those without sections. */
const FIRST_TITLE = Buffer.from('jobyard-lines 1\n');

/**
 * Where the lines of a log begin: how many line feeds come before each block of 256 KiB. So a line of half a
 * gigabyte is found by reading one block, with 16 KB of index. It grows with the log.
 */
export class LineIndex {
  /** Line feeds before each block; the last entry is for the block that is being filled. */
  readonly #before: number[];
  #size: number;
  #feeds: number;
  #ended: boolean;
  #sections: LogSections | null = new LogSections();

  constructor() {
    this.#before = [0];
    this.#size = this.#feeds = 0;
    this.#ended = true;
  }

  /** Bytes that are indexed. */
  get size(): number {
    return this.#size;
  }

  /** Lines; a last one without line feed counts. */
  get lines(): number {
    return this.#feeds + (this.#ended ? 0 : 1);
  }

  /** Whether one block holds all of it: then the index says nothing that it would not take to read that. */
  get trivial(): boolean {
    return this.#size <= BLOCK;
  }

  /** How many line feeds come before each block; the last entry is for the block that is being filled. */
  get before(): readonly number[] {
    return this.#before;
  }

  /** Null: they are not known. */
  get sections(): LogSections | null {
    return this.#sections;
  }

  /** Takes the bytes that come next. */
  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + BLOCK - (this.#size % BLOCK));
      this.#feeds += countFeeds(bytes.subarray(at, end));
      this.#size += end - at;
      if (this.#size % BLOCK === 0) this.#before.push(this.#feeds);
      at = end;
    }
    if (bytes.length > 0) this.#ended = bytes.at(-1) === LINE_FEED;
    this.#sections?.add(bytes, this.#feeds);
  }

  /** Nothing comes behind what was given. */
  end(): void {
    this.#sections?.end();
  }

  /**
   * Where line `line` begins, the first being 1; the end of the log for one that is not there. `read` gives
   * the bytes from the first to the last offset, both included.
   */
  async startOf(line: number, read: (start: number, end: number) => Promise<Uint8Array>): Promise<number> {
    if (line <= 1) return 0;
    if (line > this.lines) return this.#size;
    const feed = line - 1;
    const block = this.#blockOf(feed);
    const start = block * BLOCK;
    const bytes = await read(start, Math.min(start + BLOCK, this.#size) - 1);
    let at = -1;
    for (let seen = this.#before[block] ?? 0; seen < feed; seen += 1) {
      at = bytes.indexOf(LINE_FEED, at + 1);
      if (at < 0) throw new Error(`line ${line} is not where the index of the log says`);
    }
    return start + at + 1;
  }

  /** The last block before which there are fewer line feeds. */
  #blockOf(feed: number): number {
    let low = 0;
    let high = this.#before.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#before[middle] ?? 0) < feed) low = middle;
      else high = middle;
    }
    return low;
  }

  /** To be stored beside the sealed log. */
  encode(): Buffer {
    const numbers = [this.#size, this.lines, ...this.#before];
    const head = Buffer.alloc(TITLE.length + (1 + numbers.length) * 8);
    TITLE.copy(head);
    for (const [index, number] of [numbers.length, ...numbers].entries())
      head.writeBigUInt64LE(BigInt(number), TITLE.length + index * 8);
    const { found = [], cut = false } = this.#sections ?? {};
    return Buffer.concat([head, Buffer.from(JSON.stringify({ found, cut } satisfies StoredSections))]);
  }

  /** What was encoded; it does not grow any more. @throws Error when it is no index */
  static decode(bytes: Buffer): LineIndex {
    const title = bytes.subarray(0, TITLE.length);
    if (title.equals(FIRST_TITLE)) return LineIndex.#of(numbersIn(bytes.subarray(TITLE.length)), null);
    if (!title.equals(TITLE)) throw new Error('this is no index of lines');
    const [count = 0] = numbersIn(bytes.subarray(TITLE.length, TITLE.length + 8));
    const end = TITLE.length + (1 + count) * 8;
    const { found, cut } = JSON.parse(bytes.toString('utf8', end)) as StoredSections;
    return LineIndex.#of(numbersIn(bytes.subarray(TITLE.length + 8, end)), new LogSections([...found], cut));
  }

  /** The index of a log that one block holds. */
  static ofSmall(size: number, lines: number): LineIndex {
    return LineIndex.#of([size, lines, 0], null);
  }

  static #of([size = 0, lines = 0, ...before]: number[], sections: LogSections | null): LineIndex {
    const index = new LineIndex();
    index.#before.splice(0, 1, ...before);
    index.#size = size;
    index.#feeds = lines;
    index.#sections = sections;
    return index;
  }
}

interface StoredSections {
  found: readonly LogSection[];
  cut: boolean;
}

function numbersIn(bytes: Buffer): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length; at += 8) numbers.push(Number(bytes.readBigUInt64LE(at)));
  return numbers;
}
