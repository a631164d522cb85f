/** Lines of a log that somebody points at. */
export interface LineRange {
  from: number;
  to: number;
}

/** `#L120` and `#L120-L140` (or `#L120-140`) of an address; null: it names no lines. */
export function rangeOfHash(hash: string): LineRange | null {
  const found = /^#L(\d{1,10})(?:-L?(\d{1,10}))?$/.exec(hash);
  if (!found) return null;
  const first = Number(found[1]);
  const last = Number(found[2] ?? found[1]);
  if (first < 1 || last < 1) return null;
  return { from: Math.min(first, last), to: Math.max(first, last) };
}

/** Those of them that a log of so many lines has: its last one, where they are all behind its end. */
export function within({ from, to }: LineRange, lines: number): LineRange {
  return { from: Math.min(from, lines), to: Math.min(to, lines) };
}

export const hashOfRange = ({ from, to }: LineRange) => (from === to ? `#L${from}` : `#L${from}-L${to}`);

/** A click on a line's number; with shift it reaches from what was chosen before. */
export function chosen(before: LineRange | null, line: number, extend: boolean): LineRange {
  if (!extend || before === null) return { from: line, to: line };
  return { from: Math.min(before.from, line), to: Math.max(before.from, line) };
}
