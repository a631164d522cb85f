/** The two attempts that stand side by side, the left one first, by the ids of their jobs. */
export type Sides = readonly [left: number, right: number];

/**
 * Reads them from the address (`40-41`). What is missing or no attempt is the one that is looked at, beside the one
 * before it, or the one behind the first. Null: there is nothing to compare with.
 */
export function sidesOf(value: string, attempts: readonly { id: number }[], shown: number): Sides | null {
  if (attempts.length < 2) return null;
  const ids = attempts.map(({ id }) => id).toSorted((a, b) => a - b);
  const at = Math.max(0, ids.indexOf(shown));
  const [before = 0, after = 0] = at === 0 ? ids : ids.slice(at - 1);
  const [left, right] = value.split('-').map(Number);
  const known = (id: number | undefined, other: number) =>
    id !== undefined && ids.includes(id) ? id : other;
  return [known(left, before), known(right, after)];
}

export const sidesText = ([left, right]: Sides): string => `${left}-${right}`;
