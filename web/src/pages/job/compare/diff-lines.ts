import { diffArrays } from 'diff';

/** A line of one log: its number, and its characters without colours. */
export interface NumberedLine {
  line: number;
  text: string;
}

/** What stands beside each other; null: nothing. */
export interface DiffRow {
  left: NumberedLine | null;
  right: NumberedLine | null;
  same: boolean;
}

export interface Diff {
  rows: DiffRow[];
  /** False: there was so little in common that it was not looked for to the end. */
  aligned: boolean;
}

/** Differences that are looked for at most, and for how long: the page must not stand still. */
const MOST_EDITS = 800;
const MOST_MS = 80;

/** Moments, durations, clock times and long hexadecimal numbers: they differ each time, and say nothing of why. */
const VARIES = new RegExp(
  [
    String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?`,
    String.raw`\b\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?\b`,
    String.raw`\b\d+(?:[.,]\d+)? ?(?:ns|µs|us|ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b`,
    String.raw`\b0x[0-9a-f]+\b`,
    String.raw`\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b`,
  ].join('|'),
  'gi',
);

/** What of a line counts when it is compared. */
export const comparable = (text: string): string => text.replace(VARIES, '~').trimEnd();

/** Two logs beside each other, their lines aligned. */
export function diffLines(left: readonly NumberedLine[], right: readonly NumberedLine[]): Diff {
  const numbers = new Map<string, number>();
  const numberOf = ({ text }: NumberedLine) => {
    const key = comparable(text);
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  };
  const options = { maxEditLength: MOST_EDITS, timeout: MOST_MS };
  const changes = diffArrays(left.map(numberOf), right.map(numberOf), options);
  if (changes === undefined) return { rows: beside(left, right), aligned: false };
  const rows: DiffRow[] = [];
  let [at, to] = [0, 0];
  // What was taken out, until what stands there instead is known.
  let removed: readonly NumberedLine[] = [];
  for (const { count, added, removed: isRemoved } of changes) {
    if (isRemoved) {
      removed = left.slice(at, at + count);
      at += count;
      continue;
    }
    const others = right.slice(to, to + count);
    to += count;
    if (added) {
      rows.push(...beside(removed, others));
      removed = [];
      continue;
    }
    rows.push(...beside(removed, []));
    removed = [];
    rows.push(...others.map((line, index) => ({ left: left[at + index] ?? null, right: line, same: true })));
    at += count;
  }
  rows.push(...beside(removed, []));
  return { rows, aligned: true };
}

/** Lines that differ, one beside the other as far as there are two. */
const beside = (left: readonly NumberedLine[], right: readonly NumberedLine[]): DiffRow[] =>
  Array.from({ length: Math.max(left.length, right.length) }, (_, index) => ({
    left: left[index] ?? null,
    right: right[index] ?? null,
    same: false,
  }));

/** Rows that are shown, or a stretch of equal ones that is folded. */
export type Stretch = { from: number; to: number; folded: boolean };

/** Equal rows that are shown around those that differ. */
const AROUND = 3;

/** Stretches of rows, where long ones that are equal are folded. At the end it is the last lines that are shown. */
export function stretchesOf(rows: readonly DiffRow[]): Stretch[] {
  const stretches: Stretch[] = [];
  const add = (from: number, to: number, folded: boolean) => {
    if (to <= from) return;
    const last = stretches.at(-1);
    if (last && last.folded === folded) last.to = to;
    else stretches.push({ from, to, folded });
  };
  for (let at = 0; at < rows.length;) {
    let end = at;
    while (end < rows.length && rows[end]?.same === rows[at]?.same) end += 1;
    const isEqual = rows[at]?.same === true;
    const [head, tail] = [at === 0 ? 0 : AROUND, AROUND];
    if (isEqual && end - at > head + tail + 1) {
      add(at, at + head, false);
      add(at + head, end - tail, true);
      add(end - tail, end, false);
    } else add(at, end, false);
    at = end;
  }
  return stretches;
}
