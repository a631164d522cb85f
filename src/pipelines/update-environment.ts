import { isExpiry } from '../ci/duration.ts';
import { expand, expandAll } from '../ci/expand.ts';
import { mergeVariables, variable } from '../ci/variable.ts';
import type { Database, Transaction } from '../db/database.ts';
import { findDeploymentOfJob, lastDeployment } from '../environments/deployment-store.ts';
import { isTier } from '../ci/environment-words.ts';
import { urlProblems } from '../environments/environment-name.ts';
import {
  type Environment,
  lockEnvironment,
  timeAfter,
  updateEnvironmentRow,
} from '../environments/environment-store.ts';
import type { Repositories } from '../git/repository.ts';
import { findJobById, type Job, type JobSpec, readJobSpec } from '../jobs/job-store.ts';
import { readDotenvVariables } from '../reports/dotenv-store.ts';
import { decrypt } from '../variables/encrypt.ts';
import type { Handler } from '../work/worker.ts';
import type { PipelineSettings } from './create-pipeline.ts';
import { tagMessage } from './pipeline-input.ts';
import { UPDATE_ENVIRONMENT } from './follow-deployments.ts';
import { readPayloadParts } from './payload-store.ts';
import { variablesOf } from './runner-variables.ts';
import { stopEnvironmentAt } from './stop-environment.ts';

type Spec = NonNullable<JobSpec['environment']>;

/** Brings the environment of a job that has ended up to that: its address, its state, and when it is stopped by itself. */
async function updateEnvironment(
  db: Database,
  repositories: Repositories,
  settings: PipelineSettings,
  jobId: number,
): Promise<void> {
  const job = await findJobById(db.read, jobId);
  if (!job || job.environment_id === null) return;
  const { environment_id } = job;
  const { environment: spec } = await readJobSpec(db.read, jobId);
  if (!spec) return;
  const fill =
    job.status === 'success' ? await filling(db, repositories, settings, job) : (text: string) => text;
  await db.write(async (tx) => {
    const environment = await lockEnvironment(tx, environment_id);
    if (environment) await follow(tx, environment, job, spec, fill);
  });
}

async function follow(
  tx: Transaction,
  environment: Environment,
  job: Job,
  spec: Spec,
  fill: (text: string) => string,
): Promise<void> {
  const ended = job.finished_at ?? job.updated_at;
  const change = async (set: Partial<Environment>) =>
    updateEnvironmentRow(tx, environment.id, { ...set, updated_at: ended });
  const renewAutoStop = async (text: string | null) => {
    // What says nothing leaves it as it was.
    if (text === null || !isExpiry(fill(text))) return;
    const auto_stop_at = timeAfter(fill(text), ended);
    await change({ auto_stop_at });
    await stopEnvironmentAt(tx, environment.id, auto_stop_at);
  };
  if (job.status !== 'success') {
    // What was to stop it has not: people may use it, and try again.
    if (spec.action === 'stop' && environment.state === 'stopping') await change({ state: 'available' });
    return;
  }
  if (spec.action === 'stop') {
    const last = await lastDeployment(tx, environment.id);
    // What has been deployed since the job began, it has not stopped.
    if ((last?.finished_at ?? 0) > (job.started_at ?? ended)) return;
    await change({ state: 'stopped', auto_stop_at: null });
    await stopEnvironmentAt(tx, environment.id, null);
    return;
  }
  if (spec.action === 'start') {
    const mine = await findDeploymentOfJob(tx, job.id);
    const last = await lastDeployment(tx, environment.id);
    // A newer deployment has come between: the environment is its.
    if (mine && last && last.id !== mine.id) return;
    const url = spec.url === null ? null : fill(spec.url);
    const tier = spec.deployment_tier === null ? '' : fill(spec.deployment_tier);
    await change({
      state: 'available',
      ...(url !== null && urlProblems(url).length === 0 && { external_url: url || null }),
      ...(isTier(tier) && { tier }),
    });
    await renewAutoStop(spec.auto_stop_in);
    return;
  }
  await renewAutoStop(spec.auto_stop_in ?? (await ofLastDeployment(tx, environment, spec)));
}

/** Whoever prepares or uses an environment has it kept for as long as its deployment said. */
async function ofLastDeployment(
  tx: Transaction,
  { id }: Pick<Environment, 'id'>,
  { action }: Spec,
): Promise<string | null> {
  if (action !== 'prepare' && action !== 'access') return null;
  const last = await lastDeployment(tx, id);
  if (!last || last.job_id === null) return null;
  return (await readJobSpec(tx, last.job_id)).environment?.auto_stop_in ?? null;
}

/** Fills in the job's variables, those of its own dotenv report over the others; unknown ones with nothing. */
async function filling(
  db: Database,
  repositories: Repositories,
  { server, secret_key }: PipelineSettings,
  job: Job,
): Promise<(text: string) => string> {
  const parts = await readPayloadParts(db.read, job, job.updated_at);
  const tag_message = job.tag === 1 ? await tagMessage(repositories.of(job.project_id), job.ref) : null;
  const context = { server, secret_key, token: '', tag_message, now: job.updated_at };
  const left = await readDotenvVariables(db.read, [job.id]);
  const own = left.map(({ key, value }) => variable(key, decrypt(secret_key, value)));
  const all = mergeVariables(await variablesOf(job, parts, context), own);
  const filled = expandAll(all, { unknown: 'blank' }).variables ?? all;
  return (text) => expand(text, filled, { unknown: 'blank' });
}

/** For `Worker.handle(...updateEnvironments(…))`. */
export const updateEnvironments = (
  db: Database,
  repositories: Repositories,
  settings: () => PipelineSettings,
): [kind: string, handler: Handler] => [
  UPDATE_ENVIRONMENT,
  ({ key }) => updateEnvironment(db, repositories, settings(), Number(key)),
];
