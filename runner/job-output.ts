import type { Masker } from './mask.ts';
import type { Trace } from './trace.ts';

const RESET = '\x1b[0;m';

/**
 * What a job says, on its way into the log: bytes become valid UTF-8, secrets are masked, and the runner's own
 * lines are set between the scripts' output.
 */
export class JobOutput {
  readonly #masker: Masker;
  readonly #trace: Trace;
  readonly #sections: boolean;
  readonly #onGrowth: () => void;
  readonly #onLoss: (error: unknown) => void;
  #atLineStart = true;
  /** Set when nothing more is stored: at the end, or when the log cannot be written. */
  #closed = false;

  /** @param on.loss is told once when the log cannot be written, as when the disk is full. */
  constructor(
    trace: Trace,
    masker: Masker,
    sections: boolean,
    on: { growth: () => void; loss: (error: unknown) => void },
  ) {
    this.#trace = trace;
    this.#masker = masker;
    this.#sections = sections;
    this.#onGrowth = on.growth;
    this.#onLoss = on.loss;
  }

  /** A writer for one stream of bytes: a character split between two chunks is put together again. */
  stream(): { write: (chunk: Buffer) => void; end: () => void } {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return {
      write: (chunk) => this.#write(decoder.decode(chunk, { stream: true })),
      end: () => this.#write(decoder.decode()),
    };
  }

  /** A line of the runner's own. */
  line(text: string): void {
    this.#write(`${this.#atLineStart ? '' : '\n'}${text}\n`);
  }

  info(text: string): void {
    this.line(`\x1b[32;1m${text}${RESET}`);
  }

  warning(text: string): void {
    this.line(`\x1b[33;1mWARNING: ${text}${RESET}`);
  }

  error(text: string): void {
    this.line(`\x1b[31;1mERROR: ${text}${RESET}`);
  }

  /** Runs a stage inside a section that a viewer can fold, under a title. */
  async section<T>(name: string, title: string, run: () => Promise<T>): Promise<T> {
    if (!this.#atLineStart) this.#write('\n');
    this.#mark('section_start', name);
    this.line(`\x1b[0K\x1b[36;1m${title}${RESET}`);
    try {
      return await run();
    } finally {
      if (!this.#atLineStart) this.#write('\n');
      this.#mark('section_end', name);
    }
  }

  /** Writes what the masker still holds back. What background processes say after this is dropped. */
  end(): void {
    this.#store(this.#masker.end());
    this.#closed = true;
  }

  #mark(kind: string, name: string): void {
    if (this.#sections) this.#write(`${kind}:${Math.floor(Date.now() / 1000)}:${name}\r\x1b[0K`);
    this.#atLineStart = true;
  }

  #write(text: string): void {
    if (text === '') return;
    this.#atLineStart = text.endsWith('\n');
    this.#store(this.#masker.write(text));
  }

  #store(text: string): void {
    if (this.#closed) return;
    try {
      this.#trace.append(text);
    } catch (error) {
      this.#closed = true;
      this.#onLoss(error);
    }
    this.#onGrowth();
  }
}
