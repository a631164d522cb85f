import { releaseBlob } from '../blobs/blob-ownership.ts';
import type { Database, Transaction } from '../db/database.ts';
import type { Time } from '../db/rows/column.ts';
import { addWork } from '../work/work-store.ts';
import type { Handler } from '../work/worker.ts';
import {
  type Artifact,
  deleteExpired,
  expireSome,
  isAvailable,
  lockArchive,
  setExpiry,
} from './artifact-store.ts';

const SWEEP_EVERY_MS = 20_000;
const BATCH = 100;
const EXPIRE_PROJECT_ARTIFACTS = 'expire_project_artifacts';

/** The job's artifacts stay until somebody deletes them. False: no archive is left that could. */
export async function keepArtifacts(tx: Transaction, jobId: number, now: Time): Promise<boolean> {
  const archive = await lockArchive(tx, jobId);
  if (!archive || !isAvailable(archive, now)) return false;
  await setExpiry(tx, jobId, null);
  return true;
}

/** Everything in the project that is not locked expires now, and is removed soon after this commits. */
export async function expireProjectArtifacts(tx: Transaction, project_id: number, now: Time): Promise<void> {
  await addWork(tx, {
    kind: EXPIRE_PROJECT_ARTIFACTS,
    key: String(project_id),
    payload: { now },
    due_at: now,
  });
}

/** Gives up the bytes of artifacts whose rows this transaction has removed. */
export async function releaseArtifacts(tx: Transaction, artifacts: Artifact[], now: Time): Promise<void> {
  for (const { blob_key, index_key, report_key } of artifacts)
    for (const key of [blob_key, index_key, report_key]) if (key !== null) await releaseBlob(tx, key, now);
}

/** Removes what has expired and is not locked, and frees its bytes. For `Worker.addRepeating(...)`. */
export const expireArtifacts = (
  db: Database,
  clock: () => number,
): [kind: string, everyMs: number, handler: Handler] => [
  'expire_artifacts',
  SWEEP_EVERY_MS,
  async (_work, signal) => {
    const removeSome = () =>
      db.write(async (tx) => {
        const expired = await deleteExpired(tx, clock(), BATCH);
        await releaseArtifacts(tx, expired, clock());
        return expired.length;
      });
    while ((await removeSome()) === BATCH) signal.throwIfAborted();
  },
];

/** Does what expireProjectArtifacts planned. For `Worker.handle(...)`. */
export const expireProjects = (db: Database): [kind: string, handler: Handler] => [
  EXPIRE_PROJECT_ARTIFACTS,
  async ({ key, payload }, signal) => {
    const { now } = payload as { now: Time };
    const expireAfter = (afterId: number) =>
      db.write((tx) => expireSome(tx, { project_id: Number(key), now, afterId, limit: BATCH }));
    for (let last = await expireAfter(0); last !== null; last = await expireAfter(last))
      signal.throwIfAborted();
  },
];
