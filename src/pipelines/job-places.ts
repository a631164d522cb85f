import type { Transaction } from '../db/database.ts';
import { insertDeployments } from '../environments/deployment-store.ts';
import { ensureEnvironments } from '../environments/environment-store.ts';
import { changeJobs } from '../jobs/change-job.ts';
import { ensureResourceGroups } from '../jobs/resource-group-store.ts';
import type { JobDraft } from './pipeline-draft.ts';
import { stopEnvironmentAt } from './stop-environment.ts';

/** What of a pipeline its deployments tell. */
interface Origin {
  project_id: number;
  user_id: number | null;
  ref: string;
  tag: 0 | 1;
  sha: string;
}

/** Where a planned job deploys to, and what it uses alone. */
export interface JobPlace {
  environment_id: number | null;
  resource_group_id: number | null;
}

/**
 * The places of planned jobs, by the job's name; environments and resource groups that the project has not are
 * made. A job whose environment cannot be has none.
 */
export async function ensurePlaces(
  tx: Transaction,
  project_id: number,
  jobs: readonly JobDraft[],
  now: number,
): Promise<Map<string, JobPlace>> {
  const wanted = jobs.flatMap(({ environment }) => environment ?? []);
  const environments = await ensureEnvironments(tx, project_id, wanted, now);
  for (const { id, created_at, auto_stop_at } of environments.values())
    if (created_at === now && auto_stop_at !== null) await stopEnvironmentAt(tx, id, auto_stop_at);
  const keys = jobs.flatMap(({ resource_group }) => resource_group ?? []);
  const groups = await ensureResourceGroups(tx, project_id, keys, now);
  return new Map(
    jobs.map(({ columns, environment, resource_group }) => [
      columns.name,
      {
        environment_id: environments.get(environment?.name ?? '')?.id ?? null,
        resource_group_id: groups.get(resource_group ?? '') ?? null,
      },
    ]),
  );
}

/**
 * Announces what the new jobs will deploy, and fails those that have no environment though they name one. Answers whether
 * there are such: the caller has the change followed, once all jobs are there.
 */
export async function openDeployments(
  tx: Transaction,
  origin: Origin,
  jobs: readonly (JobPlace & Pick<JobDraft, 'environment'> & { id: number })[],
  now: number,
): Promise<boolean> {
  const { project_id, user_id, ref, tag, sha } = origin;
  const deployments = jobs.flatMap(({ id, environment_id, environment }) =>
    environment_id === null || environment?.action !== 'start'
      ? []
      : {
          environment_id,
          user_id,
          job_id: id,
          ref,
          tag,
          sha,
          on_stop: environment.on_stop,
          status: 'created' as const,
        },
  );
  await insertDeployments(tx, project_id, deployments, now);
  const homeless = jobs.filter(({ environment_id, environment }) => environment && environment_id === null);
  const ids = homeless.map(({ id }) => id);
  if (ids.length > 0)
    await changeJobs(tx, ids, 'drop', now, { failure_reason: 'environment_creation_failure' });
  return ids.length > 0;
}
