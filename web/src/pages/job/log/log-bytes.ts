import { BLOCK, blockOfLine, blocksOfLines, feedsIn } from './line-map.ts';
import { applySgr, PLAIN, type Style } from './sgr.ts';

/** A line to be shown. */
export interface LogLine {
  /** Decoded as UTF-8; what is none has become U+FFFD. */
  text: string;
  /** What an earlier line's colours have left. */
  style: Style;
  /** It goes on, but no more than LONGEST_LINE bytes of a line are shown. */
  cut: boolean;
}

/** Bytes of a line that are shown at most. */
export const LONGEST_LINE = 16 * 1024;
/** Blocks that are kept: 24 MB. */
const MOST_BLOCKS = 96;
const ESCAPE = 0x1b;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

interface Block {
  bytes: Uint8Array;
  feeds: number[];
  /** How far styles have been followed, and with what; null: not at all. */
  followed: { base: Style; to: number; style: Style; atFeed: Style[] } | null;
}

/**
 * The bytes of a log as far as they have been fetched, with an index of all its lines. Blocks that have not been
 * looked at for long are forgotten; the index is not.
 */
export class LogBytes {
  /** Line feeds before each block, the last entry for the one that is being filled. */
  readonly #before: number[];
  #feeds: number;
  #size: number;
  #endsLine: boolean;
  /** Those used last stand last. */
  readonly #blocks = new Map<number, Block>();
  /** The style at the end of each block that was followed to its end. */
  readonly #styles = new Map<number, Style>();

  /** `lines` as the index says: a last one without line feed counts. */
  constructor({ size, lines, before }: { size: number; lines: number; before: readonly number[] }) {
    this.#before = before.length === 0 ? [0] : [...before];
    this.#size = size;
    this.#feeds = lines;
    this.#endsLine = true;
  }

  static empty(): LogBytes {
    return new LogBytes({ size: 0, lines: 0, before: [0] });
  }

  get size(): number {
    return this.#size;
  }
  get lines(): number {
    return this.#feeds + (this.#endsLine ? 0 : 1);
  }
  get blocks(): number {
    return Math.ceil(this.#size / BLOCK);
  }
  get before(): readonly number[] {
    return this.#before;
  }

  /** The blocks that lines `from` to `to` need and that are not there, in order. */
  missing(from: number, to: number): number[] {
    if (this.#size === 0) return [];
    const { first, last } = blocksOfLines(this.#before, from, Math.min(to, this.lines));
    const missing = [];
    for (let each = first; each <= Math.min(last, this.blocks - 1); each += 1)
      if (!this.#blocks.has(each)) missing.push(each);
    return missing;
  }

  /** Takes a block as it was fetched. */
  put(index: number, bytes: Uint8Array): void {
    this.#blocks.set(index, { bytes, feeds: feedsIn(bytes), followed: null });
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= MOST_BLOCKS) break;
      this.#blocks.delete(oldest);
    }
  }

  /** Takes what comes next of a log that grows. All of the block that is being filled has come this way. */
  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const index = Math.floor(this.#size / BLOCK);
      const filled = this.#size % BLOCK;
      const piece = bytes.subarray(at, at + BLOCK - filled);
      const block = filled === 0 ? undefined : this.#blocks.get(index);
      const feeds = feedsIn(piece);
      if (block) {
        block.bytes = grown(block.bytes, piece);
        for (const feed of feeds) block.feeds.push(filled + feed);
        this.#touch(index, block);
      } else this.put(index, piece.slice());
      this.#feeds += feeds.length;
      this.#size += piece.length;
      if (this.#size % BLOCK === 0) this.#before.push(this.#feeds);
      at += piece.length;
    }
    if (bytes.length > 0) this.#endsLine = bytes.at(-1) === 10;
  }

  /** Null: its bytes are not there. Lines count from 1. */
  line(line: number): LogLine | null {
    const start = this.#start(line);
    const block = start && this.#blocks.get(start.block);
    if (!block) return null;
    this.#touch(start.block, block);
    const end = block.feeds[line - 1 - (this.#before[start.block] ?? 0)] ?? null;
    const style = this.#styleAt(start.block, block, start.at);
    const own = block.bytes.subarray(start.at, end ?? block.bytes.length);
    if (end !== null || start.block >= this.blocks - 1 || own.length > LONGEST_LINE)
      return lineOf(own, style);
    const next = this.#blocks.get(start.block + 1);
    if (!next) return null;
    const rest = next.bytes.subarray(0, next.feeds[0] ?? next.bytes.length);
    const whole = new Uint8Array(own.length + rest.length);
    whole.set(own);
    whole.set(rest, own.length);
    return lineOf(whole, style);
  }

  #start(line: number): { block: number; at: number } | null {
    if (line < 1 || line > this.lines) return null;
    if (line === 1) return { block: 0, at: 0 };
    const index = blockOfLine(this.#before, line);
    const block = this.#blocks.get(index);
    if (!block) return null;
    const feed = block.feeds[line - 2 - (this.#before[index] ?? 0)];
    if (feed === undefined) return null;
    return feed + 1 < BLOCK ? { block: index, at: feed + 1 } : { block: index + 1, at: 0 };
  }

  /** Follows colours from the block's beginning on; what came before it counts when it has been shown. */
  #styleAt(index: number, block: Block, at: number): Style {
    const base = this.#styles.get(index - 1) ?? PLAIN;
    if (block.followed?.base !== base) block.followed = { base, to: 0, style: base, atFeed: [] };
    const { followed, bytes, feeds } = block;
    if (followed.to < bytes.length) follow(followed, bytes, feeds);
    if (bytes.length === BLOCK) this.#styles.set(index, followed.style);
    if (at === 0) return base;
    return followed.atFeed[indexOf(feeds, at - 1)] ?? base;
  }

  #touch(index: number, block: Block): void {
    this.#blocks.delete(index);
    this.#blocks.set(index, block);
  }
}

function lineOf(bytes: Uint8Array, style: Style): LogLine {
  const cut = bytes.length > LONGEST_LINE;
  return { text: decoder.decode(cut ? bytes.subarray(0, LONGEST_LINE) : bytes), style, cut };
}

/** Notes the style at each line feed that has come since. */
function follow(followed: NonNullable<Block['followed']>, bytes: Uint8Array, feeds: readonly number[]): void {
  let escape = bytes.indexOf(ESCAPE, followed.to);
  for (let index = followed.atFeed.length; index < feeds.length; index += 1) {
    const feed = feeds[index] ?? 0;
    for (; escape >= 0 && escape < feed; escape = bytes.indexOf(ESCAPE, escape + 1))
      followed.style = styleAfter(bytes, escape, followed.style);
    followed.atFeed.push(followed.style);
    followed.to = feed + 1;
  }
  if (bytes.length < BLOCK) return;
  for (; escape >= 0; escape = bytes.indexOf(ESCAPE, escape + 1))
    followed.style = styleAfter(bytes, escape, followed.style);
  followed.to = bytes.length;
}

/** The style after the sequence that begins there, should it be one that sets it. */
function styleAfter(bytes: Uint8Array, escape: number, style: Style): Style {
  if (bytes[escape + 1] !== 0x5b) return style;
  let params = '';
  for (let at = escape + 2; at < escape + 64; at += 1) {
    const byte = bytes[at];
    if (byte === 0x6d) return applySgr(style, params);
    if (byte === undefined || byte < 0x30 || byte > 0x3b) return style;
    params += String.fromCharCode(byte);
  }
  return style;
}

/** One behind the other. The room is at least doubled each time, so that many small pieces cost little. */
function grown(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const size = head.length + tail.length;
  const room =
    head.byteOffset === 0 && head.buffer.byteLength >= size
      ? new Uint8Array(head.buffer)
      : new Uint8Array(Math.min(BLOCK, 2 * size));
  if (room.buffer !== head.buffer) room.set(head);
  room.set(tail, head.length);
  return room.subarray(0, size);
}

/** Where a number stands in a sorted list. */
function indexOf(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
