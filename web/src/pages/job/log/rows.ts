/** A part of a log that can be folded, as GET …/trace/index tells it. */
export interface Section {
  name: string;
  header: string;
  collapsed: boolean;
  level: number;
  start_line: number;
  end_line: number | null;
  started_at: string;
  finished_at: string | null;
}

/** What tells a section from all others of its log: names may come again. */
export const sectionKey = ({ start_line, level, name }: Section) => `${start_line}:${level}:${name}`;

/** The lines that a folded section hides: those between its markers. Null: none. */
export function hiddenBy({ start_line, end_line }: Section, lines: number): readonly [number, number] | null {
  const last = end_line === null ? lines : end_line - 1;
  return last > start_line ? [start_line + 1, last] : null;
}

/** Which line each row shows while some sections are folded; rows count from 0, lines from 1. */
export class Rows {
  readonly count: number;
  /** Hidden ranges that neither touch nor overlap, in order. */
  readonly #hidden: readonly (readonly [number, number])[];
  /** How many lines are hidden before each of them. */
  readonly #sums: readonly number[];

  constructor(lines: number, hidden: readonly (readonly [number, number])[]) {
    const merged: [number, number][] = [];
    for (const [from, to] of hidden.toSorted((a, b) => a[0] - b[0])) {
      const last = merged.at(-1);
      if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
      else merged.push([from, to]);
    }
    this.#hidden = merged;
    const sums: number[] = [];
    let sum = 0;
    for (const [from, to] of merged) {
      sums.push(sum);
      sum += to - from + 1;
    }
    this.#sums = sums;
    this.count = lines - sum;
  }

  lineAt(row: number): number {
    // The last range that begins at or before the line of this row, were nothing hidden from it on.
    const index = this.#last((each) => (this.#hidden[each]?.[0] ?? 0) - (this.#sums[each] ?? 0) <= row + 1);
    const range = this.#hidden[index];
    if (!range) return row + 1;
    return row + 1 + (this.#sums[index] ?? 0) + (range[1] - range[0] + 1);
  }

  /** The row of a line; of a hidden one, the row of what hides it. */
  rowOf(line: number): number {
    const index = this.#last((each) => (this.#hidden[each]?.[0] ?? 0) <= line);
    const range = this.#hidden[index];
    if (!range) return line - 1;
    const sum = this.#sums[index] ?? 0;
    if (line <= range[1]) return range[0] - 2 - sum;
    return line - 1 - sum - (range[1] - range[0] + 1);
  }

  isHidden(line: number): boolean {
    const range = this.#hidden[this.#last((each) => (this.#hidden[each]?.[0] ?? 0) <= line)];
    return range !== undefined && line <= range[1];
  }

  #last(holds: (index: number) => boolean): number {
    let low = -1;
    let high = this.#hidden.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (holds(middle)) low = middle;
      else high = middle;
    }
    return low;
  }
}
