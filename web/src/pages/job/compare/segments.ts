/** A stretch of lines beside each other; lines count from 0. */
export interface Segment {
  left: number;
  leftCount: number;
  right: number;
  rightCount: number;
  /** Folded: both have these lines, and so many of them that they are not shown unless somebody asks. */
  kind: 'differs' | 'same' | 'folded';
}

const KINDS = ['differs', 'same', 'folded'] as const;
/** Numbers that a segment is, when many go from the worker to the page. */
const FIELDS = 5;
/** Equal lines that are shown around those that differ. */
const AROUND = 3;

/**
 * All lines of two logs as segments, where long stretches that are equal are folded. At the end it is the last lines
 * that are shown.
 * @param runs of an alignment
 */
export function segmentsOf(runs: readonly number[], leftLines: number, rightLines: number): Int32Array {
  const fields: number[] = [];
  const add = (left: number, leftCount: number, right: number, rightCount: number, kind: number) => {
    if (leftCount > 0 || rightCount > 0) fields.push(left, leftCount, right, rightCount, kind);
  };
  const same = (left: number, right: number, count: number, kind: number) =>
    add(left, count, right, count, kind);
  let [at, to] = [0, 0];
  for (let index = 0; index < runs.length; index += 3) {
    const [left, right, count] = [runs[index]!, runs[index + 1]!, runs[index + 2]!];
    add(at, left - at, to, right - to, 0);
    const head = left === 0 && right === 0 ? 0 : AROUND;
    if (count > head + AROUND + 1) {
      const hidden = count - head - AROUND;
      same(left, right, head, 1);
      same(left + head, right + head, hidden, 2);
      same(left + head + hidden, right + head + hidden, AROUND, 1);
    } else same(left, right, count, 1);
    [at, to] = [left + count, right + count];
  }
  add(at, leftLines - at, to, rightLines - to, 0);
  return Int32Array.from(fields);
}

export const countOf = (segments: Int32Array): number => segments.length / FIELDS;

export function segmentAt(segments: Int32Array, index: number): Segment {
  const at = index * FIELDS;
  return {
    left: segments[at]!,
    leftCount: segments[at + 1]!,
    right: segments[at + 2]!,
    rightCount: segments[at + 3]!,
    kind: KINDS[segments[at + 4]!]!,
  };
}

/** Segments that differ: how many, and the first. */
export function differencesIn(segments: Int32Array): { places: number; first: Segment | null } {
  let places = 0;
  let first: Segment | null = null;
  for (let index = 0; index < countOf(segments); index += 1) {
    if (segments[index * FIELDS + 4] !== 0) continue;
    places += 1;
    first ??= segmentAt(segments, index);
  }
  return { places, first };
}
