import type { Database } from '../db/database.ts';
import type { WaitingRunners } from '../jobs/waiting-runners.ts';
import { isUnchanged } from '../runners/runner-store.ts';
import { type ClaimedJob, claimJob, type ClaimingManager, type ClaimingRunner } from './claim-job.ts';

export interface Patience {
  /** Milliseconds that a request is held while nothing fits. */
  hold: number;
  /** Milliseconds in which a runner that acknowledges must do so. */
  acknowledge: number;
  /** Offers until then have lapsed, see claimJob. */
  lateBy: () => number;
}

/**
 * A held request looks at the queue this often without being woken: for a job that another server made
 * pending, or whose row another transaction held when it looked.
 */
const LOOK_AGAIN_MS = 3000;
/** A timer may end so much before its time. */
const TIMER_EARLY_MS = 5;

/**
 * The first pending job that fits the runner, at once or as soon as there is one; null when the patience
 * ends, the runner hangs up (`signal`), or is not what it was when it asked: changed, by way of another server too, or
 * gone.
 */
export async function awaitJob(
  db: Database,
  waiting: WaitingRunners,
  runner: ClaimingRunner,
  manager: ClaimingManager,
  { hold, acknowledge, lateBy }: Patience,
  clock: () => number,
  signal: AbortSignal,
): Promise<ClaimedJob | null> {
  const until = performance.now() + hold;
  // Its row has just been read, as it has been after each wake.
  let isKnown = true;
  for (;;) {
    const place = waiting.enter(runner);
    let used = false;
    try {
      if (signal.aborted || !(isKnown || (await isUnchanged(db.read, runner)))) return null;
      const given = { signal, lateBy: lateBy() };
      const claimed = await claimJob(db, runner, manager, clock(), acknowledge, given);
      if (claimed) return claimed;
      const from = performance.now();
      const patience = Math.min(until - from, LOOK_AGAIN_MS);
      used = (await place.woken(patience, signal)) && (await isUnchanged(db.read, runner));
      isKnown = used;
      // Not woken, and not at the end of its patience either: the place was given up, or the runner has gone.
      const isPatient = performance.now() - from >= patience - TIMER_EARLY_MS && !signal.aborted;
      if (!used && (!isPatient || performance.now() >= until - TIMER_EARLY_MS)) return null;
    } finally {
      place.leave({ used });
    }
  }
}
