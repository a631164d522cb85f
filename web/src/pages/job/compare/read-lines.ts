import { piecesOf } from '../../../api/answer-of.ts';
import type { LogPart } from './log-part.ts';

/** Gets whole lines as they are stored, and the bytes in which they have ended. */
type Took = (lines: readonly string[], bytes: number) => void;

/**
 * Reads a part of a log by Range.
 * @throws ApiProblem
 */
export async function readLines({ trace, index: { size }, from }: LogPart, took: Took): Promise<void> {
  if (size <= from) return;
  const lines = new LineSplitter(from > 0, took);
  for await (const piece of piecesOf(trace, { range: [from, size - 1], cache: 'no-store' })) lines.add(piece);
  lines.end();
}

/** Makes lines of bytes, however these are cut. `isCut`: the first line has lost its beginning, and is left out. */
export class LineSplitter {
  readonly #took: Took;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #isCut: boolean;
  /** Of the line that has not ended. */
  #rest: string[] = [];

  constructor(isCut: boolean, took: Took) {
    this.#isCut = isCut;
    this.#took = took;
  }

  add(bytes: Uint8Array): void {
    const lines = this.#decoder.decode(bytes, { stream: true }).split('\n');
    const last = lines.pop() ?? '';
    if (lines.length > 0) {
      lines[0] = this.#rest.join('') + (lines[0] ?? '');
      this.#rest = [];
    }
    this.#rest.push(last);
    this.#tell(lines, bytes.length);
  }

  end(): void {
    const last = this.#rest.join('') + this.#decoder.decode();
    if (last !== '') this.#tell([last], 0);
  }

  #tell(lines: readonly string[], bytes: number): void {
    this.#took(this.#isCut ? lines.slice(1) : lines, bytes);
    if (lines.length > 0) this.#isCut = false;
  }
}
