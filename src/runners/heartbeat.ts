import type { Database } from '../db/database.ts';
import type { Time } from '../db/rows/column.ts';
import { type KnownRunner, touchRunner, updateRunner, upsertManager } from './runner-store.ts';

/** What a runner's program says of itself and its machine. */
export interface ManagerDetails {
  version?: string;
  revision?: string;
  platform?: string;
  architecture?: string;
  executor?: string;
  ip_address: string;
  config?: { gpus: string };
  labels?: Record<string, string>;
  /** What it can do. Null: this call does not say. */
  features: Record<string, boolean> | null;
}

/** A contact is written 40 to 55 minutes after the last: spread, so that a fleet does not write at once. */
const LEAST_AGE = 40 * 60_000;
const SPREAD = 15 * 60_000;

const isDue = (contacted_at: Time | null, now: Time) =>
  contacted_at === null || now - contacted_at >= LEAST_AGE + Math.random() * SPREAD;

/**
 * Notes that the runner called from one of its machines, and answers the id of that machine's row. Most
 * calls write nothing; new features are written at once, since cancelling depends on them.
 */
export async function heartbeat(
  db: Database,
  runner: KnownRunner,
  details: ManagerDetails,
  now: Time,
): Promise<number> {
  const features = details.features === null ? null : JSON.stringify(details.features);
  const isNews = features !== null && features !== runner.manager_features;
  const { manager_id } = runner;
  if (manager_id !== null && !isNews && !isDue(runner.manager_contacted_at, now)) return manager_id;
  return db.write(async (tx) => {
    await updateRunner(tx, runner.id, { contacted_at: now });
    return upsertManager(tx, {
      runner_id: runner.id,
      system_id: runner.system_id,
      version: details.version ?? null,
      revision: details.revision ?? null,
      platform: details.platform ?? null,
      architecture: details.architecture ?? null,
      executor: details.executor ?? null,
      ip_address: details.ip_address,
      ...(features === null ? {} : { features }),
      ...(details.config ? { config: JSON.stringify(details.config) } : {}),
      ...(details.labels ? { labels: JSON.stringify(details.labels) } : {}),
      contacted_at: now,
      created_at: now,
    });
  });
}

/** As heartbeat, for a call about a job: it says nothing new, but that the runner lives. */
export async function heartbeatOfJob(
  db: Database,
  contact: { runner_id: number; runner_manager_id: number | null; contacted_at: Time | null },
  now: Time,
): Promise<void> {
  if (!isDue(contact.contacted_at, now)) return;
  await db.write((tx) => touchRunner(tx, contact.runner_id, contact.runner_manager_id, now));
}
