import { BlockLoader } from '../log/block-loader.ts';
import { plainText } from '../log/line-runs.ts';
import { LogBytes } from '../log/log-bytes.ts';
import type { LogPart } from './log-part.ts';

/** Characters of a line that are shown beside another. */
const MOST_SHOWN = 4096;

/** A line as it is shown beside another. */
export interface SideLine {
  text: string;
  /** It goes on. */
  cut: boolean;
}

/** The lines of one of two logs, of which those are fetched that are looked at. */
export class SideLines {
  readonly #bytes: LogBytes;
  readonly #loader: BlockLoader;
  readonly #listeners = new Set<() => void>();
  #asked: readonly number[] = [];
  #state: { version: number; error: unknown } = { version: 0, error: null };

  constructor({ trace, index: { size, lines, line_feeds } }: LogPart) {
    this.#bytes = new LogBytes({ size, lines, before: line_feeds });
    this.#loader = new BlockLoader(
      trace,
      (block, bytes) => {
        this.#bytes.put(block, bytes);
        this.#change(null);
      },
      (error) => this.#change(error),
    );
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#loader.stop();
    };
  };
  /** Another object after each change. */
  readonly state = (): { error: unknown } => this.#state;

  /** Null: it has not come yet. Lines count from 1. */
  line(line: number): SideLine | null {
    const found = this.#bytes.line(line);
    if (!found) return null;
    const text = plainText(found.text);
    return { text: text.slice(0, MOST_SHOWN), cut: found.cut || text.length > MOST_SHOWN };
  }

  /** Sees to it that these lines are there soon. */
  show(lines: readonly number[]): void {
    this.#asked = lines;
    if (this.#state.error !== null) return;
    const missing = new Set(lines.flatMap((line) => this.#bytes.missing(line, line)));
    if (missing.size > 0) this.#loader.want([...missing]);
  }

  /** After a problem. */
  again(): void {
    this.#change(null);
    this.show(this.#asked);
  }

  #change(error: unknown): void {
    this.#state = { version: this.#state.version + 1, error };
    for (const listener of this.#listeners) listener();
  }
}
