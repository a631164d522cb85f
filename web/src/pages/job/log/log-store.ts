import { bytesOf, jsonOf } from '../../../api/answer-of.ts';
import { bringAlong, type LogAlong } from '../../../api/log-along.ts';
import { isStatus, isUnreachable } from '../../../api/problem.ts';
import { BlockLoader } from './block-loader.ts';
import { partsOfLine } from './line-runs.ts';
import type { LogAddress } from './log-address.ts';
import { type LogLine, LogBytes } from './log-bytes.ts';
import { BLOCK } from './line-map.ts';
import type { Section } from './rows.ts';

/** What is known of a log; another object after each change. */
export interface LogState {
  /** none: there is none (yet); gone: it was erased while it was looked at. */
  phase: 'loading' | 'none' | 'shown' | 'gone' | 'problem';
  lines: number;
  size: number;
  /** Whether more may come. */
  live: boolean;
  sections: readonly Section[];
  sectionsCut: boolean;
  error: unknown;
  /** Whether its lines begin with the moment at which they were written. */
  stamped: boolean;
  /** Counts up when lines that are shown may look otherwise. */
  version: number;
}

interface TraceIndex {
  size: number;
  lines: number;
  live: boolean;
  /** How often it was emptied, and sent again: one of these tells nothing about another. */
  generation: number;
  first_block: number;
  line_feeds: number[];
  sections: Section[];
  sections_cut: boolean;
}

/** Changes within so many milliseconds are shown at once. */
const GATHER_MS = 40;
/** Sections that begin or end are asked for so long after that was seen. */
const SECTIONS_MS = 400;
/** A server that does not answer is asked again so much later. */
const AGAIN_MS = 2000;
const SECTION_WORD = /section_(?:start|end):/;

/** A log as the page holds it: its index, the blocks that were looked at, and what comes while it is live. */
export class LogStore {
  readonly #address: LogAddress;
  readonly #listeners = new Set<() => void>();
  readonly #loader: BlockLoader;
  #stop = new AbortController();
  #leave = () => {};
  #bytes = LogBytes.empty();
  #generation = 0;
  #state: LogState = {
    phase: 'loading',
    lines: 0,
    size: 0,
    live: false,
    sections: [],
    sectionsCut: false,
    error: null,
    stamped: false,
    version: 0,
  };
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #asking: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(address: LogAddress) {
    this.#address = address;
    this.#loader = new BlockLoader(
      address.trace,
      (block, bytes) => {
        this.#bytes.put(block, bytes);
        this.#change({ ...this.#lookedAt(bytes), error: null });
      },
      (error) => this.#change({ error }),
    );
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
  readonly state = (): LogState => this.#state;

  line(line: number): LogLine | null {
    return this.#bytes.line(line);
  }

  /** Sees to it that these lines, and what is next to them, are there soon. */
  show(from: number, to: number): void {
    const missing = this.#bytes.missing(from, to);
    const { error } = this.#state;
    if (missing.length > 0 && (error === null || isUnreachable(error))) this.#loader.want(missing);
  }

  /**
   * Begins, or begins again after a pause: what was fetched is kept, unless the log is another one.
   * `expected`: the job may write one that is not there yet.
   */
  async start(expected: boolean): Promise<void> {
    this.#stop.abort();
    this.#leave();
    clearTimeout(this.#again);
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    try {
      const index = await this.#index(0, signal);
      if (signal.aborted) return;
      if (index === null && !expected) return this.#change({ phase: 'none', live: false });
      if (index === null || index.live) this.#begin(index, signal);
      else this.#whole(index);
    } catch (error) {
      if (signal.aborted) return;
      const isForNow = isUnreachable(error);
      if (isForNow) this.#again = setTimeout(() => void this.start(expected), AGAIN_MS);
      // What is shown of it is not wrong meanwhile.
      const phase = isForNow && this.#state.phase === 'shown' ? 'shown' : 'problem';
      this.#change({ phase, error });
    }
  }

  /** After a problem. */
  again(): void {
    this.#change({ error: null, phase: 'loading' });
    void this.start(true);
  }

  stop(): void {
    this.#stop.abort();
    this.#leave();
    this.#loader.stop();
    clearTimeout(this.#gathering);
    clearTimeout(this.#asking);
    clearTimeout(this.#again);
    this.#gathering = this.#asking = undefined;
  }

  /** A log that grows: the block that is being filled comes by the page's stream alone, from its beginning on. */
  #begin(index: TraceIndex | null, signal: AbortSignal): void {
    const { line_feeds = [0], sections = [], sections_cut = false, generation: own = 0 } = index ?? {};
    const last = line_feeds.length - 1;
    const start = last * BLOCK;
    const isKnown = index !== null && this.#generation === own;
    if (!isKnown || this.#bytes.size < start || this.#bytes.size > index.size)
      this.#anew({ size: start, lines: line_feeds[last] ?? 0, before: line_feeds }, own);
    const phase = index === null ? 'none' : 'shown';
    this.#change({ phase, live: true, sections, sectionsCut: sections_cut, error: null });
    let tail = '';
    const log: LogAlong = {
      jobId: this.#address.jobId,
      place: () => ({ byte: this.#bytes.size, generation: this.#generation }),
      bytes: (bytes, at, generation) => {
        if (at > this.#bytes.size) return void this.start(true);
        this.#generation = generation;
        const fresh = bytes.subarray(this.#bytes.size - at);
        this.#bytes.append(fresh);
        const text = tail + latin1.decode(fresh);
        if (SECTION_WORD.test(text)) this.#askSections(signal);
        tail = text.slice(-16);
        this.#change({ phase: 'shown', ...this.#lookedAt(fresh) });
      },
      reset: (generation) => {
        this.#anew({ size: 0, lines: 0, before: [0] }, generation);
        this.#change({ sections: [] });
      },
      end: ({ erased, forbidden }) => {
        this.#leave();
        const { size } = this.#bytes;
        // The server has the words for it.
        if (forbidden) return void this.start(false);
        if (erased) return this.#change({ phase: size === 0 ? 'none' : 'gone', live: false });
        this.#change({ live: false });
        this.#askSections(signal);
      },
      look: () => void this.#look(log, signal),
    };
    this.#leave = bringAlong(log);
  }

  /** While there is no stream: asks for what has come since. */
  async #look(log: LogAlong, signal: AbortSignal): Promise<void> {
    try {
      const { size } = this.#bytes;
      const index = await this.#index(this.#bytes.before.length - 1, signal);
      if (signal.aborted || index === null) return;
      const { generation } = index;
      if (generation !== this.#generation || index.size < size) return void this.start(true);
      if (index.size > size) {
        const range = [size, index.size - 1] as const;
        const bytes = await bytesOf(this.#address.trace, { range, signal, cache: 'no-store' });
        log.bytes(bytes, size, generation);
      }
      if (!index.live) log.end({ erased: false, forbidden: false });
    } catch (error) {
      if (!signal.aborted && isStatus(error, 401, 403)) log.end({ erased: false, forbidden: true });
    }
  }

  #whole(index: TraceIndex): void {
    const { size, lines, line_feeds, sections, sections_cut, generation } = index;
    if (this.#bytes.size !== size || this.#generation !== generation)
      this.#anew({ size, lines, before: line_feeds }, generation);
    this.#change({ phase: 'shown', live: false, sections, sectionsCut: sections_cut, error: null });
  }

  /** What was fetched before counts for nothing, nor does what is on its way. */
  #anew(of: ConstructorParameters<typeof LogBytes>[0], generation: number): void {
    this.#loader.want([]);
    this.#bytes = new LogBytes(of);
    this.#generation = generation;
  }

  /** Sections are found by the server: those that had not ended are asked for again. */
  #askSections(signal: AbortSignal, later = SECTIONS_MS): void {
    this.#asking ??= setTimeout(async () => {
      this.#asking = undefined;
      const known = this.#state.sections;
      const block = Math.max(0, this.#bytes.before.length - 2);
      const index = await this.#index(block, signal).catch((error: unknown) => {
        if (!signal.aborted && isUnreachable(error)) this.#askSections(signal, AGAIN_MS);
        return null;
      });
      if (!index || signal.aborted || index.generation !== this.#generation) return;
      const told = index.line_feeds[0] ?? 0;
      const ended = known.filter(({ end_line }) => end_line !== null && end_line <= told);
      const sections = [...ended, ...index.sections].toSorted(
        (a, b) => a.start_line - b.start_line || a.level - b.level,
      );
      this.#change({ sections, sectionsCut: index.sections_cut });
    }, later);
  }

  async #index(firstBlock: number, signal: AbortSignal): Promise<TraceIndex | null> {
    try {
      return await jsonOf<TraceIndex>(this.#address.index(firstBlock), { signal, cache: 'no-store' });
    } catch (error) {
      if (isStatus(error, 404)) return null;
      throw error;
    }
  }

  #lookedAt(bytes: Uint8Array): Partial<LogState> {
    if (this.#state.stamped) return {};
    const beginning = latin1.decode(bytes.subarray(0, 4096));
    return { stamped: beginning.split('\n').some((line) => partsOfLine(line).stamp !== null) };
  }

  #change(change: Partial<LogState>): void {
    const { lines, size } = this.#bytes;
    this.#state = { ...this.#state, ...change, lines, size, version: this.#state.version + 1 };
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      for (const listener of this.#listeners) listener();
    }, GATHER_MS);
  }
}

const latin1 = new TextDecoder('latin1');
