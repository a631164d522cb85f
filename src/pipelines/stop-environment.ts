import type { Database, Transaction } from '../db/database.ts';
import { environmentsOfBranch, lastFinishedDeployment, onStopOf } from '../environments/deployment-store.ts';
import {
  deleteStoppedEnvironment,
  type Environment,
  findEnvironmentById,
  lockEnvironment,
  updateEnvironmentRow,
} from '../environments/environment-store.ts';
import { canPlay, factsOf } from '../jobs/job-actions.ts';
import { findJobById, type Job, latestJobs } from '../jobs/job-store.ts';
import { addWork, removeWork } from '../work/work-store.ts';
import type { Handler } from '../work/worker.ts';
import { changeAndAdvance } from './advance-pipeline.ts';
import { startPlayable } from './play-job.ts';

/** The durable work that stops an environment; its key is the environment's id. */
const STOP_ENVIRONMENT = 'stop_environment';
/** Its key is project and branch. */
const STOP_ENVIRONMENTS_OF_BRANCH = 'stop_environments_of_branch';
const DELETE_ENVIRONMENT = 'delete_environment';
/** Environments that one transaction has stopped. */
const PORTION = 100;

/** Stops the environment by itself at that time; null: not any more. `always`: whatever its `auto_stop_at` says then. */
export async function stopEnvironmentAt(
  tx: Transaction,
  environmentId: number,
  at: number | null,
  { always = false }: { always?: boolean } = {},
): Promise<void> {
  const key = String(environmentId);
  if (at === null) await removeWork(tx, STOP_ENVIRONMENT, key);
  else await addWork(tx, { kind: STOP_ENVIRONMENT, key, payload: { always }, due_at: at });
}

/**
 * The jobs that stop the environment: those which the deployments of the pipeline that has last deployed to it
 * name, as far as they are manual and can be played: those older than `archived_before` can not, null: all can.
 */
export async function stopActions(
  db: Database,
  environmentId: number,
  archived_before: number | null,
): Promise<Job[]> {
  const last = await lastFinishedDeployment(db.read, environmentId);
  const deployer = last && (await findJobById(db.read, last.job_id));
  if (!deployer) return [];
  const names = await onStopOf(db.read, environmentId, deployer.pipeline_id);
  if (names.length === 0) return [];
  const jobs = await latestJobs(db.read, deployer.pipeline_id, ['manual', 'success', 'failed', 'canceled']);
  return jobs.filter(
    (job) => names.includes(job.name) && job.when === 'manual' && canPlay(factsOf(job, archived_before)),
  );
}

/** How an environment is stopped. */
export interface StopOptions {
  /** Who plays the jobs that stop it; null for whose they are. */
  user_id: number | null;
  /** Without those jobs, and whatever state it is in. */
  force: boolean;
  /** Jobs older than that are archived, and not played; null: none is. */
  archived_before: number | null;
}

/**
 * Stops an available environment: by playing the jobs that do that, until whose success it is `stopping`; without
 * such, or by force, it is stopped at once. One that is not available is left as it is, unless by force.
 */
export async function stopEnvironment(
  db: Database,
  environment: Pick<Environment, 'id'>,
  { user_id, force, archived_before }: StopOptions,
  now: number,
): Promise<Environment | null> {
  const actions = force ? [] : await stopActions(db, environment.id, archived_before);
  const [first] = actions;
  const become = async (tx: Transaction, state: 'stopping' | 'stopped') => {
    const present = await lockEnvironment(tx, environment.id);
    const from = force ? ['available', 'stopping'] : ['available'];
    if (!present || !from.includes(present.state)) return null;
    const stopped = { state, updated_at: now, ...(state === 'stopped' && { auto_stop_at: null }) };
    if (state === 'stopped') await stopEnvironmentAt(tx, environment.id, null);
    return await updateEnvironmentRow(tx, environment.id, stopped);
  };
  if (!first) await db.write((tx) => become(tx, 'stopped'));
  else
    await db.write((tx) =>
      changeAndAdvance(tx, first.pipeline_id, now, async () => {
        if (!(await become(tx, 'stopping'))) return;
        for (const { id, user_id: owner } of actions)
          await startPlayable(tx, id, { user_id: user_id ?? owner, archived_before }, now);
      }),
    );
  return await findEnvironmentById(db.read, environment.id);
}

/**
 * For `Worker.handle(...stopEnvironments(…))`: those whose time has come, if it still stands. `archiveAfter`: milliseconds
 * until a job is archived, null for never.
 */
export const stopEnvironments = (
  db: Database,
  archiveAfter: number | null,
  clock: () => number,
): [kind: string, handler: Handler] => [
  STOP_ENVIRONMENT,
  async ({ key, payload }) => {
    const environment = await findEnvironmentById(db.read, Number(key));
    if (!environment) return;
    const { always } = payload as { always: boolean };
    const at = always ? 0 : environment.auto_stop_at;
    if (at === null) return;
    const now = clock();
    const archived_before = archiveAfter === null ? null : now - archiveAfter;
    if (at <= now)
      await stopEnvironment(db, environment, { user_id: null, force: false, archived_before }, now);
    // The clock was set back.
    else await db.write((tx) => stopEnvironmentAt(tx, environment.id, at));
  },
];

/** What was last deployed from a branch that is no more is stopped soon after this commits. */
export async function stopEnvironmentsOfBranch(
  tx: Transaction,
  project_id: number,
  branch: string,
  now: number,
): Promise<void> {
  const key = `${project_id} ${branch}`;
  const payload = { project_id, ref: branch, until: now };
  await addWork(tx, { kind: STOP_ENVIRONMENTS_OF_BRANCH, key, payload, due_at: now });
}

/** For `Worker.handle(...stopBranches(…))`: a portion of the branch's environments a transaction. */
export const stopBranches = (db: Database, clock: () => number): [kind: string, handler: Handler] => [
  STOP_ENVIRONMENTS_OF_BRANCH,
  async ({ payload }, signal) => {
    const branch = payload as { project_id: number; ref: string; until: number };
    for (let after: number | undefined = 0; after !== undefined;) {
      signal.throwIfAborted();
      const some: { id: number; is_last: boolean }[] = await environmentsOfBranch(
        db.read,
        branch,
        after,
        PORTION,
      );
      await db.write(async (tx) => {
        for (const { id, is_last } of some)
          if (is_last) await stopEnvironmentAt(tx, id, clock(), { always: true });
      });
      after = some.at(-1)?.id;
    }
  },
];

/** A stopped environment is deleted at that time, should it still be stopped. */
export async function deleteEnvironmentAt(tx: Transaction, id: number, due_at: number): Promise<void> {
  await updateEnvironmentRow(tx, id, { auto_delete_at: due_at });
  await addWork(tx, { kind: DELETE_ENVIRONMENT, key: String(id), due_at });
}

/** For `Worker.handle(...deleteEnvironments(…))`. */
export const deleteEnvironments = (db: Database, clock: () => number): [kind: string, handler: Handler] => [
  DELETE_ENVIRONMENT,
  async ({ key }) => {
    await db.write(async (tx) => {
      const id = Number(key);
      const at = (await lockEnvironment(tx, id))?.auto_delete_at ?? 0;
      // The clock was set back.
      if (at > clock()) return await deleteEnvironmentAt(tx, id, at);
      if (!(await deleteStoppedEnvironment(tx, id)))
        await updateEnvironmentRow(tx, id, { auto_delete_at: null });
    });
  },
];
