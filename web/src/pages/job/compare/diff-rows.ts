import { countOf, segmentAt } from './segments.ts';

/** What a row shows; lines count from 0, null: there is none. */
export type DiffRow =
  | { folded: number; count: number }
  | { folded: null; left: number | null; right: number | null; same: boolean };

/** The rows of two logs beside each other, while some segments that were folded are not. */
export class DiffRows {
  readonly count: number;
  readonly #segments: Int32Array;
  readonly #unfolded: ReadonlySet<number>;
  /** The row behind the last one of each segment. */
  readonly #ends: Uint32Array;

  constructor(segments: Int32Array, unfolded: ReadonlySet<number>) {
    this.#segments = segments;
    this.#unfolded = unfolded;
    this.#ends = new Uint32Array(countOf(segments));
    let count = 0;
    for (let index = 0; index < this.#ends.length; index += 1) {
      const { leftCount, rightCount, kind } = segmentAt(segments, index);
      count += kind === 'folded' && !unfolded.has(index) ? 1 : Math.max(leftCount, rightCount);
      this.#ends[index] = count;
    }
    this.count = count;
  }

  at(row: number): DiffRow {
    let [low, high] = [0, this.#ends.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ends[middle]! <= row) low = middle + 1;
      else high = middle;
    }
    const { left, leftCount, right, rightCount, kind } = segmentAt(this.#segments, low);
    if (kind === 'folded' && !this.#unfolded.has(low)) return { folded: low, count: leftCount };
    const nth = row - (this.#ends[low - 1] ?? 0);
    return {
      folded: null,
      left: nth < leftCount ? left + nth : null,
      right: nth < rightCount ? right + nth : null,
      same: kind !== 'differs',
    };
  }

  /** The same for the same row, whatever is unfolded before it. */
  keyAt(row: number): string {
    const at = this.at(row);
    return at.folded === null ? `${at.left ?? ''}-${at.right ?? ''}` : `folded ${at.folded}`;
  }
}
