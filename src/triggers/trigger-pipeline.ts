import { findJobByToken, findUser } from '../access/access-store.ts';
import type { User } from '../access/caller.ts';
import { PREFIX } from '../access/token.ts';
import type { Database } from '../db/database.ts';
import { apiError, invalidRecord } from '../errors.ts';
import { findRef } from '../git/find-ref.ts';
import { type Repositories, ZERO_SHA } from '../git/repository.ts';
import {
  createPipeline,
  type GivenInputs,
  type GivenVariable,
  type PipelineRequest,
  type PipelineSettings,
} from '../pipelines/create-pipeline.ts';
import { hierarchySize } from '../pipelines/downstream-store.ts';
import { findPipelineById, type Pipeline } from '../pipelines/pipeline-store.ts';
import { refusedRef } from '../projects/may-update-ref.ts';
import { isInJobTokenScope } from '../projects/job-token-scope-store.ts';
import { findProject, type Project } from '../projects/project-store.ts';
import { userMay, userMayRun } from '../projects/user-role.ts';
import { findTriggerByToken, noteTriggerUse } from './trigger-store.ts';

export interface TriggerRequest {
  /** The number or full path of the project. */
  project: string;
  ref: string;
  /** A trigger token of the project, or the token of a running job. */
  token: string;
  variables: readonly GivenVariable[];
  inputs?: GivenInputs | undefined;
}

interface TriggerParts {
  db: Database;
  repositories: Repositories;
  settings: PipelineSettings;
  limits: { pipeline_hierarchy_size: number };
}

/** What the token opens: as whom the pipeline runs, and what has begun it. */
type Begun = Pick<PipelineRequest, 'source' | 'origin' | 'short_token'> & {
  user: User;
  trigger_id: number | null;
};

/**
 * Creates the pipeline that the holder of a token wants. With a trigger token it runs as the token's owner, with
 * a job's token as the job's user and downstream of the job's pipeline; what they may not do, it may not.
 * @throws 404 for a token that opens nothing here, 401 for that of a job that has ended, 400 with the reasons
 * where there is no pipeline
 */
export async function triggerPipeline(
  parts: TriggerParts,
  { project: id, token, ref: name, variables, inputs }: TriggerRequest,
  now: number,
): Promise<{ pipeline: Pipeline; project: Project }> {
  const { db, repositories, settings } = parts;
  const project = await findProject(db.read, id);
  if (!project) throw apiError('not_found');
  const begun = token.startsWith(PREFIX.job)
    ? await byJob(parts, project, token, now)
    : await byTrigger(db, project, token);
  if (!begun) throw apiError('not_found');
  const { user, trigger_id, ...origin } = begun;

  if (project.builds_access_level === 'disabled') throw refused('Pipelines are disabled!');
  if (!(await userMay(db.read, user, 'create_pipeline', project, now)))
    throw refused('Insufficient permissions to create a new pipeline');
  const ref = await findRef(repositories.of(project.id), name);
  if (!ref) throw refused('Reference not found');
  if (!(await userMayRun(db.read, user, project, ref, now))) throw refused(refusedRef(ref.name));
  const request = {
    project,
    user,
    ref: ref.name,
    tag: ref.tag,
    sha: ref.sha,
    before_sha: ZERO_SHA,
    variables,
    inputs,
    push_id: null,
    ...origin,
  };
  const made = await createPipeline(db, repositories, settings, request, now, { failInvalid: true });
  if (made.outcome === 'refused') throw invalidRecord({ base: made.messages });
  if (trigger_id !== null) await db.write((tx) => noteTriggerUse(tx, trigger_id, now));
  return { pipeline: made.pipeline, project };
}

async function byTrigger(db: Database, project: Project, token: string): Promise<Begun | null> {
  const trigger = await findTriggerByToken(db.read, token);
  // Also where it opens another project: nobody is told that there is one.
  if (trigger?.project_id !== project.id) return null;
  const user = await findUser(db.read, trigger.owner_id);
  if (!user) return null;
  const { id: trigger_id, short_token } = trigger;
  return { user, trigger_id, source: 'trigger', origin: { trigger_id }, short_token };
}

async function byJob(
  { db, limits }: TriggerParts,
  project: Project,
  token: string,
  now: number,
): Promise<Begun | null> {
  const job = await findJobByToken(db.read, token);
  if (!job) throw apiError('plain_unauthorized', 'Job is not running');
  const upstream = await findPipelineById(db.read, job.pipeline_id);
  if (!upstream || !(await userMay(db.read, job.user, 'read_project', project, now))) return null;
  if (!(await isInJobTokenScope(db.read, job.project_id, project))) {
    // As for any user, which a job is on a project that does not let it in.
    if (project.visibility === 'private') return null;
    throw refused('Insufficient permissions to create a new pipeline');
  }
  const root_pipeline_id = upstream.root_pipeline_id ?? upstream.id;
  const most = limits.pipeline_hierarchy_size;
  if ((await hierarchySize(db.read, root_pipeline_id, most)) >= most)
    throw refused(`There are ${most} pipelines downstream of the first one already`);
  const origin = { upstream_pipeline_id: upstream.id, root_pipeline_id };
  return { user: job.user, trigger_id: null, source: 'pipeline', origin };
}

const refused = (message: string) => invalidRecord({ base: [message] });
