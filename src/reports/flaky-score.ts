/** A result of a test, as far as its flakiness goes by it. */
export interface FlakyRun {
  ref: string;
  status: string;
}

/**
 * How often a test changes its mind: of all pairs of results that follow each other on the same ref, the
 * share in which one is a success and the other is not. 0 never (also with fewer than two results), 1 each
 * time. Skipped runs do not count; `runs` are in their order.
 */
export function flakyScore(runs: Iterable<FlakyRun>): number {
  const last = new Map<string, boolean>();
  let pairs = 0;
  let flips = 0;
  for (const { ref, status } of runs) {
    if (status === 'skipped') continue;
    const isSuccess = status === 'success';
    const before = last.get(ref);
    last.set(ref, isSuccess);
    if (before === undefined) continue;
    pairs += 1;
    if (before !== isSuccess) flips += 1;
  }
  return pairs === 0 ? 0 : flips / pairs;
}
