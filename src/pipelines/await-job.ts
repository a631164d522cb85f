import type { Database } from '../db/database.ts';
import type { WaitingRunners } from '../jobs/waiting-runners.ts';
import { type ClaimedJob, claimJob, type ClaimingManager, type ClaimingRunner } from './claim-job.ts';

export interface Patience {
  /** Milliseconds that a request is held while nothing fits. */
  hold: number;
  /** Milliseconds in which a runner that acknowledges must do so. */
  acknowledge: number;
}

/**
 * The first pending job that fits the runner, at once or as soon as there is one; null when the patience
 * ends or the runner hangs up (`signal`).
 */
export async function awaitJob(
  db: Database,
  waiting: WaitingRunners,
  runner: ClaimingRunner,
  manager: ClaimingManager,
  { hold, acknowledge }: Patience,
  clock: () => number,
  signal: AbortSignal,
): Promise<ClaimedJob | null> {
  const until = performance.now() + hold;
  for (;;) {
    const place = waiting.enter(runner);
    let used = false;
    try {
      if (signal.aborted) return null;
      const claimed = await claimJob(db, runner, manager, clock(), acknowledge);
      if (claimed) return claimed;
      if (!(await place.woken(until - performance.now(), signal))) return null;
      used = true;
    } finally {
      place.leave({ used });
    }
  }
}
