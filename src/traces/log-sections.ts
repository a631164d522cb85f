/** A part of a log that a viewer may fold, as its markers say. Lines are counted from 1. */
export interface LogSection {
  name: string;
  /** The rest of the first marker's line, as it is in the log. */
  header: string;
  collapsed: boolean;
  /** How many others it stands in. */
  level: number;
  start_line: number;
  /** The line of the marker that ends it; null: it has not ended. */
  end_line: number | null;
  /** Seconds since 1970. */
  started_at: number;
  finished_at: number | null;
}

const LINE_FEED = 0x0a;
const BEGINNING = Buffer.from('section_');
const MARKER = /^section_(start|end):(\d{1,11}):([\w.-]{1,128})(?:\[([^\]\r\n]{0,256})\])?\r\x1b\[0K/;
/** More bytes than a marker has. */
const LONGEST_MARKER = 512;
/** Bytes that are kept of a header. */
const LONGEST_HEADER = 256;
/** What a log can have at most, so that few bytes of it do not become many here. */
const MOST_SECTIONS = 10_000;
const MOST_CANDIDATES = 100_000;
const DEEPEST = 100;

interface Marker {
  kind: string;
  time: number;
  name: string;
  options: string;
  header: string;
  /** The offset behind it. */
  end: number;
}

/** The sections of a log: it is given the log's bytes as they come, and looks at each of them once. */
export class LogSections {
  readonly #found: LogSection[];
  readonly #open: LogSection[] = [];
  #cut: boolean;
  #candidates = 0;
  /** What may be the beginning of a marker that goes on. */
  #rest = Buffer.alloc(0);
  /** Line feeds before that. */
  #feeds = 0;

  constructor(found: LogSection[] = [], cut = false) {
    this.#found = found;
    this.#cut = cut;
  }

  /** In the order in which they begin. A header whose line has not ended is waited for. */
  get found(): readonly LogSection[] {
    return this.#found;
  }

  /** Whether there are more than are told. */
  get cut(): boolean {
    return this.#cut;
  }

  /** Takes the bytes that come next. `feeds`: line feeds in all of them so far. */
  add(bytes: Uint8Array, feeds: number): void {
    if (this.#cut) return;
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : asBuffer(bytes);
    const kept = data.subarray(this.#look(data, false));
    this.#rest = Buffer.from(kept);
    this.#feeds = feeds - countFeeds(kept);
  }

  /** Nothing comes behind what was given. */
  end(): void {
    this.#look(this.#rest, true);
    this.#rest = Buffer.alloc(0);
  }

  /** Answers the offset from which on bytes are to be looked at again. */
  #look(data: Buffer, isAll: boolean): number {
    let line = this.#feeds + 1;
    let counted = 0;
    for (let at = 0; ;) {
      const place = data.indexOf(BEGINNING, at);
      if (place < 0) return Math.max(at, data.length - beginningAtEnd(data));
      if (++this.#candidates > MOST_CANDIDATES) {
        this.#cut = true;
        return data.length;
      }
      const marker = markerAt(data, place, isAll);
      if (marker === 'goes on') return place;
      at = marker?.end ?? place + BEGINNING.length;
      if (!marker) continue;
      line += countFeeds(data.subarray(counted, place));
      counted = place;
      if (marker.kind === 'start') this.#begin(marker, line);
      else this.#end(marker, line);
    }
  }

  #begin({ name, header, options, time }: Marker, start_line: number): void {
    if (this.#found.length >= MOST_SECTIONS || this.#open.length >= DEEPEST) {
      this.#cut = true;
      return;
    }
    const section: LogSection = {
      name,
      header,
      collapsed: /(?:^|,)\s*collapsed\s*=\s*true\s*(?:,|$)/.test(options),
      level: this.#open.length,
      start_line,
      end_line: null,
      started_at: time,
      finished_at: null,
    };
    this.#found.push(section);
    this.#open.push(section);
  }

  /** Ends the innermost of that name, and those within. */
  #end({ name, time }: Marker, line: number): void {
    const index = this.#open.findLastIndex((section) => section.name === name);
    if (index < 0) return;
    for (const section of this.#open.splice(index)) {
      section.end_line = line;
      section.finished_at = time;
    }
  }
}

function markerAt(data: Buffer, place: number, isAll: boolean): Marker | 'goes on' | null {
  const text = data.toString('latin1', place, place + LONGEST_MARKER);
  const [whole, kind = '', time, name = '', options = ''] = MARKER.exec(text) ?? [];
  if (whole === undefined) {
    const mayGoOn = !isAll && text.length < LONGEST_MARKER && !text.includes('\n');
    return mayGoOn ? 'goes on' : null;
  }
  const end = place + whole.length;
  const marker = { kind, time: Number(time), name, options, header: '', end };
  if (kind === 'end') return marker;
  const rest = data.subarray(end, end + LONGEST_HEADER);
  const feed = rest.indexOf(LINE_FEED);
  if (feed < 0 && rest.length < LONGEST_HEADER && !isAll) return 'goes on';
  const header = rest.toString('utf8', 0, feed < 0 ? rest.length : feed);
  // Another marker may stand behind it, in the same line.
  return { ...marker, header: (header.split('section_')[0] ?? '').trimEnd() };
}

/** How many bytes at the end may be the beginning of a marker's first word. */
function beginningAtEnd(data: Buffer): number {
  for (let length = Math.min(BEGINNING.length - 1, data.length); length > 0; length -= 1)
    if (data.subarray(data.length - length).equals(BEGINNING.subarray(0, length))) return length;
  return 0;
}

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** How many line feeds there are. */
export function countFeeds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count += 1;
  return count;
}
