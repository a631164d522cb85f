import type { Findings } from './findings.ts';
import type { Mark } from './line-text.tsx';

const NONE: readonly Mark[] = [];
/** A line with no more findings has all of them at once. */
const FEW = 20;
/** In lines with more, so many are pointed out at a time: a browser takes long to lay out thousands. */
const AT_A_TIME = 1000;

/** What is pointed out in each line: the same list while it is the same, so that a line is not drawn anew while a search goes on. */
export class LineMarks {
  readonly #findings: Findings | null;
  readonly #known = new Map<number, { count: number; current: number | null; marks: readonly Mark[] }>();
  /** Lines with many findings whose turn has come. */
  readonly #shown = new Set<number>();
  /** Those whose turn has not, and how many findings they have. */
  readonly #waiting = new Map<number, number>();
  /** Those that are asked for in this drawing. */
  readonly #asked = new Set<number>();

  constructor(findings: Findings | null) {
    this.#findings = findings;
  }

  /** A drawing begins: what the one before did not ask for has to wait for another turn. */
  begin(): void {
    for (const line of this.#shown) if (!this.#asked.has(line)) this.#shown.delete(line);
    this.#asked.clear();
    this.#waiting.clear();
  }

  /** `current`: the finding that is looked at. A line that waits for its turn has this one alone. */
  of(line: number, current: number | null): readonly Mark[] {
    const found = this.#findings?.inLine(line) ?? [];
    const [first] = found;
    if (first === undefined) return NONE;
    const isHere = current !== null && current >= first.finding && current < first.finding + found.length;
    const here = isHere ? current : null;
    this.#asked.add(line);
    const waits = found.length > FEW && !this.#shown.has(line);
    if (waits) this.#waiting.set(line, found.length);
    const drawn = waits ? found.filter(({ finding }) => finding === here) : found;
    const known = this.#known.get(line);
    if (known?.count === drawn.length && known.current === here) return known.marks;
    const marks = drawn.map(({ finding, start, end }) => ({ start, end, current: finding === here }));
    this.#known.set(line, { count: drawn.length, current: here, marks });
    return marks;
  }

  /** Whether lines of this drawing have more than what is pointed out in them. */
  get waits(): boolean {
    return this.#waiting.size > 0;
  }

  /** The turn of some of them has come. */
  next(): void {
    let count = 0;
    for (const [line, findings] of this.#waiting) {
      if (count > 0 && count + findings > AT_A_TIME) break;
      count += findings;
      this.#shown.add(line);
    }
  }
}
