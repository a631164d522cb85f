import type { Database, Transaction } from '../db/database.ts';
import {
  type Deployment,
  type DeploymentStatus,
  insertDeployments,
  lastDeployment,
  setStatus,
} from '../environments/deployment-store.ts';
import { ensureEnvironments, updateEnvironmentRow } from '../environments/environment-store.ts';
import { invalidRecord } from '../errors.ts';

type Told = Extract<DeploymentStatus, 'running' | 'success' | 'failed' | 'canceled'>;

/**
 * Keeps a deployment that no job has made, in an environment that is made with it where there is none. Told of the
 * last one once more, it answers that.
 */
export async function recordDeployment(
  db: Database,
  project_id: number,
  user_id: number,
  told: { environment: string; ref: string; tag: 0 | 1; sha: string; status: Told },
  now: number,
): Promise<Deployment> {
  const { environment: name, ref, tag, sha, status } = told;
  return await db.write(async (tx) => {
    const environment = (await ensureEnvironments(tx, project_id, [{ name }], now)).get(name);
    if (!environment) throw invalidRecord({ name: ['is invalid'] });
    const last = await lastDeployment(tx, environment.id);
    const isSame = last?.ref === ref && last.tag === tag && last.sha === sha && last.status === status;
    if (last && isSame) return last;
    const place = { environment_id: environment.id, user_id, job_id: null, on_stop: null };
    const [row] = await insertDeployments(tx, project_id, [{ ...place, ref, tag, sha, status }], now);
    if (!row) throw new Error('no deployment was stored');
    await start(tx, row, now);
    return row;
  });
}

const EVENTS: Record<Told, string> = {
  running: 'run',
  success: 'succeed',
  failed: 'drop',
  canceled: 'cancel',
};

/** @throws 400 for what cannot follow: only one that has not begun runs, and none comes to a status twice */
export async function setDeploymentStatus(
  db: Database,
  { id, status: from }: Pick<Deployment, 'id' | 'status'>,
  status: Told,
  now: number,
): Promise<Deployment> {
  const isPossible = status === 'running' ? from === 'created' || from === 'blocked' : from !== status;
  if (!isPossible) throw invalidRecord({ status: [`cannot transition via "${EVENTS[status]}"`] });
  return await db.write(async (tx) => {
    const row = await setStatus(tx, id, status, now);
    await start(tx, row, now);
    return row;
  });
}

/** What something was deployed to is there to be used. */
async function start(tx: Transaction, { environment_id, status }: Deployment, now: number): Promise<void> {
  if (status === 'success')
    await updateEnvironmentRow(tx, environment_id, { state: 'available', updated_at: now });
}
