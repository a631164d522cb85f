import type { CompileInput } from '../ci/plan.ts';
import type { Server } from '../ci/predefined.ts';
import type { ArtifactAnswer } from '../ci/sources.ts';
import type { Database } from '../db/database.ts';
import { notFound } from '../errors.ts';
import { type Commit, readCommit } from '../git/commit.ts';
import type { Repositories } from '../git/repository.ts';
import type { Project } from '../projects/project-store.ts';
import { encrypt } from '../variables/encrypt.ts';
import { cancelRedundantLater } from './cancel-redundant.ts';
import type { GivenInput } from './kept-configuration.ts';
import { keep, keepReason, noting } from './keep.ts';
import { insertPipeline, type Origin, type PipelineContent } from './pipeline-create-store.ts';
import type { DraftResult } from './pipeline-draft.ts';
import { type Known, pipelineInput, readKnown } from './pipeline-input.ts';
import { findPipelineById, type Pipeline } from './pipeline-store.ts';
import type { RemoteFiles } from './remote-files.ts';
import { startPipeline, startPipelineLater } from './start-pipeline.ts';

/** A variable that somebody gives to a pipeline. */
export interface GivenVariable {
  key: string;
  value: string;
  variable_type: 'env_var' | 'file';
  raw?: boolean;
}

/** By name. */
export type GivenInputs = Readonly<Record<string, unknown>>;

export interface PipelineRequest {
  project: Project;
  /** Who wants it, and as whom its jobs run. */
  user: { id: number; email: string; username: string; name: string };
  /** The short name of a branch or a tag. */
  ref: string;
  tag: boolean;
  /** The commit, in full. */
  sha: string;
  /** Where the ref was before a push; ZERO_SHA otherwise. */
  before_sha: string;
  source: string;
  variables: readonly GivenVariable[];
  /** For the inputs that its configuration declares: values that JSON can hold. */
  inputs?: GivenInputs | undefined;
  /** Whether values of variables that are not for all stand in those inputs, or in its `configuration`. */
  given_holds_values?: boolean;
  /** Undefined: the project's. */
  priority?: number | undefined;
  /** The push that it answers: there is one pipeline for each of its refs. */
  push_id: number | null;
  /** What else has begun it. Of one bridge (`upstream_job_id`) there is one pipeline. */
  origin?: Partial<Origin>;
  /** Of the trigger token that began it. */
  short_token?: string | undefined;
  /** Of the schedule that has begun it. */
  schedule_description?: string;
  /** Of a child: whether its parent is of a merge request. */
  below_merge_request?: boolean;
  /** Its configuration, unless it is the file of the project at the commit. */
  configuration?: Configuration;
}

/** A configuration that does not stand in the project's own file: `file` is what `fetchFile` is asked for first. */
export interface Configuration {
  file: string;
  fetchFile: (path: string) => Promise<string | null>;
  /** Of what a bridge names. */
  child?: ChildFiles;
  /** Whether it includes what the project's settings name, and is no file. */
  isElsewhere?: boolean;
}

export interface ChildFiles {
  /** What the files are given. */
  inputs: GivenInput[];
  /** A file that a job of the parent has left. */
  readArtifact: (job: string, path: string) => Promise<ArtifactAnswer>;
  /** The accessibility of the archives that such files have been read from. */
  accessibilities: ReadonlySet<string>;
}

/** What all pipelines of an instance are made with. */
export interface PipelineSettings {
  server: Server;
  /** 32 bytes: variables are encrypted under it. */
  secret_key: Buffer;
  compile: (input: CompileInput) => Promise<DraftResult>;
  /** Files that configurations include from addresses. */
  remote: RemoteFiles;
}

/**
 * - `created`: it is stored and started; that of a push, a bridge or a run once.
 * - `refused`: there is none, and these are the reasons. `invalid` ones can be stored as a failed pipeline,
 *   see `failInvalid`.
 */
export type PipelineOutcome =
  | { outcome: 'created'; pipeline: Pipeline }
  | { outcome: 'refused'; because: Exclude<DraftResult['outcome'], 'plan'>; messages: string[] };

/** What somebody's wish for a pipeline that is not created leaves. */
export interface CreateOptions {
  /** Why the commit gets a skipped pipeline without jobs, null: it does not. */
  skip?: (commit: Commit) => string | null;
  /** A configuration with mistakes makes a failed pipeline that tells them. */
  failInvalid?: boolean;
}

/**
 * Compiles the commit's configuration into a pipeline, stores it, and starts it: the repository's ref
 * refs/pipelines/ID is there before any job is pending. A crash in between is mended by `startPipelines`.
 */
export async function createPipeline(
  db: Database,
  repositories: Repositories,
  settings: PipelineSettings,
  request: PipelineRequest,
  now: number,
  options: CreateOptions = {},
): Promise<PipelineOutcome> {
  const repository = repositories.of(request.project.id);
  const commit = await readCommit(repository, request.sha);
  if (!commit) throw new Error(`the commit ${request.sha} of project ${request.project.id} is not there`);
  const known = await readKnown(db, settings.secret_key, request, commit);
  const content = await contentOf({ db, repositories }, settings, request, known, now, options);
  if ('outcome' in content) return content;
  const row = {
    project_id: request.project.id,
    user_id: request.user.id,
    push_id: request.push_id,
    ...request.origin,
    sha: request.sha,
    before_sha: request.before_sha,
    ref: request.ref,
    tag: request.tag ? (1 as const) : (0 as const),
    source: request.source,
    priority: request.priority,
    protected: known.isProtected ? (1 as const) : (0 as const),
    commit: JSON.stringify(commit),
    variables: request.variables.map(({ key, value, variable_type, raw }) => ({
      key,
      value: encrypt(settings.secret_key, value),
      variable_type,
      raw: raw ? (1 as const) : (0 as const),
    })),
  };
  const { id, sha } = await db.write(async (tx) => {
    const stored = await insertPipeline(tx, row, content, now);
    if (!stored.isNew) return stored;
    if (content.status === 'created') {
      await startPipelineLater(tx, stored.id, now);
      await cancelRedundantLater(tx, stored.id, now);
    }
    return stored;
  });
  // One that was stored before may not have begun yet, and the branch may have moved since.
  if (content.status === 'created')
    await startPipeline(db, repositories, { id, project_id: row.project_id, sha }, now);
  const pipeline = await findPipelineById(db.read, id);
  // Deleted as it was created, most likely with its project.
  if (!pipeline) throw notFound('Pipeline');
  return { outcome: 'created', pipeline };
}

/** What the pipeline would be made of, were it created now. */
export async function draftPipelineOf(
  db: Database,
  repositories: Repositories,
  settings: PipelineSettings,
  request: PipelineRequest,
  now: number,
): Promise<DraftResult> {
  const commit = await readCommit(repositories.of(request.project.id), request.sha);
  if (!commit) throw new Error(`the commit ${request.sha} of project ${request.project.id} is not there`);
  const known = await readKnown(db, settings.secret_key, request, commit);
  return await settings.compile(await pipelineInput({ db, repositories }, settings, request, known, now));
}

async function contentOf(
  around: { db: Database; repositories: Repositories },
  settings: PipelineSettings,
  request: PipelineRequest,
  known: Known,
  now: number,
  { skip, failInvalid }: CreateOptions,
): Promise<PipelineContent | (PipelineOutcome & { outcome: 'refused' })> {
  const input = await pipelineInput(around, settings, request, known, now);
  const because = skip?.(known.commit) ?? null;
  if (because !== null && (await input.fetchFile(input.file)) !== null)
    return { status: 'skipped', kept: keepReason(because) };
  const projects = new Set<number>();
  const result = await settings.compile({
    ...input,
    ask: noting(projects, input.ask),
    kept_of: failInvalid ? ['plan', 'invalid'] : ['plan'],
  });
  const kept = result.kept && keep(result.kept, request, input.file, projects, settings.secret_key);
  if (result.outcome === 'plan') return { status: 'created', plan: result.plan, kept };
  const messages = result.problems.map(({ message }) => message);
  if (result.outcome === 'invalid' && failInvalid)
    return {
      status: 'failed',
      failure_reason: 'config_error',
      yaml_errors: messages.join(', '),
      kept,
    };
  return { outcome: 'refused', because: result.outcome, messages };
}
