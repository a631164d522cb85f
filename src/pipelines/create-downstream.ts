import { findUser } from '../access/access-store.ts';
import type { TriggerSpec } from '../ci/plan.ts';
import type { Database } from '../db/database.ts';
import { findRef } from '../git/find-ref.ts';
import { ZERO_SHA } from '../git/repository.ts';
import type { FailureReason } from '../jobs/failure-reason.ts';
import type { Job } from '../jobs/job-store.ts';
import { findProject, type Project } from '../projects/project-store.ts';
import { type Actor, userMay, userMayRun } from '../projects/user-role.ts';
import { childConfiguration, type ConfigurationFiles } from './child-configuration.ts';
import { createPipeline, type PipelineRequest, type PipelineSettings } from './create-pipeline.ts';
import { countTriggered, hierarchySize, selfAndUpstreams, type Upstream } from './downstream-store.ts';
import { bridgeExpander, forwardedVariables } from './forwarded-variables.ts';
import { mayHoldValues } from './kept-configuration.ts';
import { isBelowMergeRequest } from './merge-request.ts';
import { type PayloadParts, readPayloadParts } from './payload-store.ts';
import { findPipelineById, type Pipeline } from './pipeline-store.ts';
import { tagMessage } from './pipeline-input.ts';
import { unexpandedVariables } from './runner-variables.ts';

/** Child pipelines below one another. */
const MAX_NESTED_CHILDREN = 2;
/** How often the same branch of the same project may come about in one line of pipelines. */
const MAX_RECURRENCES = 2;
const MINUTE_MS = 60_000;

export interface DownstreamLimits {
  /** Pipelines of one tree. */
  pipeline_hierarchy_size: number;
  /** Pipelines that jobs of one commit may create for one user in a minute; null for any number. */
  downstream_pipeline_trigger_limit: number | null;
}

/** What creating the pipeline of a bridge takes, besides the database. */
export interface DownstreamParts {
  files: ConfigurationFiles;
  settings: PipelineSettings;
  limits: DownstreamLimits;
}

/** The pipeline, or why the bridge fails; `message` says what the reason leaves open. */
export type Downstream = { pipeline: Pipeline } | { failure_reason: FailureReason; message: string | null };

const refused = (failure_reason: FailureReason, message: string | null = null): Downstream => ({
  failure_reason,
  message,
});

/**
 * Creates the pipeline of a bridge: a child of its own pipeline for the same commit, or one of another project,
 * as the bridge's user, who must be allowed to. Doing it again answers the pipeline that is there.
 */
export async function createDownstream(
  db: Database,
  { files, settings, limits }: DownstreamParts,
  bridge: Job,
  now: number,
): Promise<Downstream> {
  const parts = await readPayloadParts(db.read, bridge, now);
  const upstream = await findPipelineById(db.read, bridge.pipeline_id);
  const user = bridge.user_id === null ? null : await findUser(db.read, bridge.user_id);
  const { trigger } = parts.spec;
  if (!trigger || !upstream) return refused('invalid_bridge_trigger');
  if (!user) return refused('insufficient_bridge_permissions');
  const repository = files.repositories.of(bridge.project_id);
  const tag_message = upstream.tag === 1 ? await tagMessage(repository, upstream.ref) : null;
  const { server, secret_key } = settings;
  const context = { server, secret_key, token: null, tag_message, now };
  const fillIn = bridgeExpander(await unexpandedVariables(bridge, parts, context));

  const isChild = trigger.include !== null;
  const project = isChild ? parts.project : await findProject(db.read, fillIn(trigger.project ?? ''));
  if (!project || !(await userMay(db.read, user, 'read_project', project, now)))
    return refused('downstream_bridge_project_not_found');
  if (project.id === upstream.project_id && !isChild) return refused('invalid_bridge_trigger');
  const line = await selfAndUpstreams(db.read, upstream.id);
  if (isChild && isTooDeep(line)) return refused('reached_max_descendant_pipelines_depth');
  const root_pipeline_id = upstream.root_pipeline_id ?? upstream.id;
  const most = limits.pipeline_hierarchy_size;
  if ((await hierarchySize(db.read, root_pipeline_id, most)) >= most)
    return refused('reached_max_pipeline_hierarchy_size');

  const target = isChild ? upstreamRef(upstream) : await targetOf(files, project, trigger, fillIn);
  if (!(await mayTrigger(db, user, parts.project, project, target, now)))
    return refused('insufficient_bridge_permissions');
  if (!isChild && isLoop(line)) return refused('pipeline_loop_detected');
  if (await isTooOften(db, limits, upstream, user.id, now))
    return refused('reached_downstream_pipeline_trigger_rate_limit');
  if (target.sha === null) return refused('downstream_pipeline_creation_failed', 'Reference not found');

  const below_merge_request = isChild && isBelowMergeRequest(line);
  const request: PipelineRequest = {
    project,
    user,
    ref: target.name,
    tag: target.tag,
    sha: target.sha,
    before_sha: isChild ? upstream.before_sha : ZERO_SHA,
    source: isChild ? 'parent_pipeline' : 'pipeline',
    variables: forwardedVariables(trigger, { ...parts, below_merge_request }, fillIn, secret_key),
    below_merge_request,
    inputs: trigger.inputs,
    given_holds_values: gives(trigger) && (await mayHoldValues(db, upstream.id)),
    push_id: null,
    origin: { upstream_pipeline_id: upstream.id, upstream_job_id: bridge.id, root_pipeline_id },
    ...(trigger.include && {
      configuration: childConfiguration(db, files, trigger.include, upstream, now),
    }),
  };
  const made = await createPipeline(db, files.repositories, settings, request, now, { failInvalid: true });
  return made.outcome === 'created'
    ? { pipeline: made.pipeline }
    : refused('downstream_pipeline_creation_failed', made.messages.join(', '));
}

/** Whether it hands on what the file says, values of variables among it; names of files and projects are told anyway. */
const gives = ({ inputs, include }: TriggerSpec): boolean =>
  inputs !== undefined || (include ?? []).some((item) => item.inputs || item.rules);

/** Where the new pipeline runs; without a commit when there is no such ref. */
interface Target {
  name: string;
  tag: boolean;
  sha: string | null;
}

const upstreamRef = ({ ref, tag, sha }: Pipeline): Target => ({ name: ref, tag: tag === 1, sha });

async function targetOf(
  { repositories }: ConfigurationFiles,
  project: Project,
  { branch }: TriggerSpec,
  fillIn: (text: string) => string,
): Promise<Target> {
  const name = branch === null ? project.default_branch : fillIn(branch);
  const found = name === null ? null : await findRef(repositories.of(project.id), name);
  return found ?? { name: name ?? '', tag: false, sha: null };
}

async function mayTrigger(
  db: Database,
  user: Actor,
  from: PayloadParts['project'],
  to: Project,
  ref: Target,
  now: number,
): Promise<boolean> {
  if (!(await userMay(db.read, user, 'update_pipeline', from, now))) return false;
  return await userMayRun(db.read, user, to, ref, now);
}

function isTooDeep(line: readonly Upstream[]): boolean {
  const top = line.findIndex(({ source }) => source !== 'parent_pipeline');
  return (top < 0 ? line.length : top + 1) > MAX_NESTED_CHILDREN;
}

/** One way back is no loop yet: A → B → A → B is let through, and ends there. */
function isLoop(line: readonly Upstream[]): boolean {
  const own = line.filter(({ source }) => source !== 'parent_pipeline');
  const alike = Map.groupBy(own, ({ project_id, ref, source }) => `${project_id} ${source} ${ref}`);
  return [...alike.values()].some(({ length }) => length > MAX_RECURRENCES);
}

async function isTooOften(
  db: Database,
  { downstream_pipeline_trigger_limit: most }: DownstreamLimits,
  { project_id, sha }: Pipeline,
  user_id: number,
  now: number,
): Promise<boolean> {
  if (most === null) return false;
  return (await countTriggered(db.read, { project_id, sha, user_id }, now - MINUTE_MS)) >= most;
}
