import type { Database } from '../db/database.ts';
import type { Handler } from '../work/worker.ts';
import { STALE_AFTER } from './runner-status.ts';
import { deleteStaleManagers } from './runner-store.ts';

const EVERY_MS = 3_600_000;
const BATCH = 500;

/**
 * Forgets machines that nobody expects back: a fleet that grows and shrinks has new ones every day. Their jobs stay.
 * For `Worker.addRepeating(...)`.
 */
export const forgetManagers = (
  db: Database,
  clock: () => number,
): [kind: string, everyMs: number, handler: Handler] => [
  'forget_managers',
  EVERY_MS,
  async (_work, signal) => {
    const before = clock() - STALE_AFTER;
    while (await db.write((tx) => deleteStaleManagers(tx, before, BATCH))) signal.throwIfAborted();
  },
];
