/** Lines from the first to the last, counted from 1. */
export interface LineRange {
  first: number;
  last: number;
}

/** What `#L10`, `#L10-20` or `#L10-L20` marks; null for any other. */
export function rangeOf(hash: string): LineRange | null {
  const [, from, to] = /^#L(\d{1,9})(?:-L?(\d{1,9}))?$/.exec(hash) ?? [];
  if (from === undefined) return null;
  const [one, other] = [Number(from), Number(to ?? from)];
  return { first: Math.min(one, other), last: Math.max(one, other) };
}
