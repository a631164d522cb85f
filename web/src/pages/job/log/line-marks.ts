import type { Findings } from './findings.ts';
import type { Mark } from './line-text.tsx';

const NONE: readonly Mark[] = [];

/** What is pointed out in each line: the same list while it is the same, so that a line is not drawn anew while a search goes on. */
export class LineMarks {
  readonly #findings: Findings | null;
  readonly #known = new Map<number, { count: number; current: number | null; marks: readonly Mark[] }>();

  constructor(findings: Findings | null) {
    this.#findings = findings;
  }

  /** `current`: the finding that is looked at. */
  of(line: number, current: number | null): readonly Mark[] {
    const found = this.#findings?.inLine(line) ?? [];
    const [first] = found;
    if (first === undefined) return NONE;
    const isHere = current !== null && current >= first.finding && current < first.finding + found.length;
    const here = isHere ? current : null;
    const known = this.#known.get(line);
    if (known?.count === found.length && known.current === here) return known.marks;
    const marks = found.map(({ finding, start, end }) => ({ start, end, current: finding === here }));
    this.#known.set(line, { count: found.length, current: here, marks });
    return marks;
  }
}
