import { setImmediate } from 'node:timers/promises';

/** Far below what others notice, as the step before a pause may be a long one. */
const SLICE_MS = 10;

/** For long loops: awaited in each step, it lets others have the event loop every few milliseconds. */
export function breather(): () => Promise<void> | undefined {
  let begun = performance.now();
  const pause = async () => {
    await setImmediate();
    begun = performance.now();
  };
  return () => (performance.now() - begun < SLICE_MS ? undefined : pause());
}

const RUN = 2048;

/** A stable sort that never holds the event loop for long: short runs are sorted, then merged in slices. */
export async function sortInSlices<T>(items: T[], compare: (a: T, b: T) => number): Promise<T[]> {
  const breathe = breather();
  let runs: T[][] = [];
  for (let at = 0; at < items.length; at += RUN) {
    runs.push(items.slice(at, at + RUN).toSorted(compare));
    await breathe();
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let at = 0; at < runs.length; at += 2)
      merged.push(await merge(runs[at] ?? [], runs[at + 1] ?? [], compare, breathe));
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<T>(
  left: T[],
  right: T[],
  compare: (a: T, b: T) => number,
  breathe: () => Promise<void> | undefined,
): Promise<T[]> {
  const merged: T[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) {
    // Both are within bounds here; undefined is only what the type cannot exclude.
    const a = left[l] as T;
    const b = right[r] as T;
    if (compare(a, b) <= 0) {
      merged.push(a);
      l += 1;
    } else {
      merged.push(b);
      r += 1;
    }
    if (merged.length % 256 === 0) await breathe();
  }
  return merged.concat(left.slice(l), right.slice(r));
}
