import { type Static, Type } from 'typebox';
import type { CommitStats } from '../../git/changes.ts';
import type { Commit as GitCommit } from '../../git/commit.ts';
import { Commit, commitOf } from './commit.ts';
import { JOB_STATUSES, type JobStatus } from '../../jobs/job-state.ts';
import { entity, nullable } from './entity.ts';
import { LastPipeline, PipelineBasic, pipelineBasic, type PipelineRow } from './pipeline.ts';

const Stats = entity({ additions: Type.Integer(), deletions: Type.Integer(), total: Type.Integer() });

/** A commit in a list, with its lines where they are asked for. */
export const CommitItem = entity({
  ...Commit.properties,
  stats: Type.Optional(Stats),
  last_pipeline: Type.Optional(
    Type.Union([LastPipeline, Type.Null()], { description: 'With `with_last_pipeline`: the newest' }),
  ),
});

/** A commit of its own page, with the newest pipeline for it. */
export const CommitDetail = entity({
  ...CommitItem.properties,
  status: nullable(Type.Enum([...JOB_STATUSES], { description: 'Of the newest pipeline' })),
  project_id: Type.Integer(),
  last_pipeline: nullable(PipelineBasic),
});

/** `projectUrl` is the project's address; `stats` undefined when they are not asked for. */
export const commitItem = (commit: GitCommit, projectUrl: string, stats: CommitStats | undefined) => ({
  ...commitOf(commit, projectUrl),
  ...(stats ? { stats } : {}),
});

export interface CommitAround {
  projectUrl: string;
  project_id: number;
  stats: CommitStats | undefined;
  /** Null also when the caller may not know of it. */
  pipeline: PipelineRow | null;
}

export const commitDetail = (commit: GitCommit, around: CommitAround): Static<typeof CommitDetail> => ({
  ...commitItem(commit, around.projectUrl, around.stats),
  status: (around.pipeline?.status as JobStatus | undefined) ?? null,
  project_id: around.project_id,
  last_pipeline: around.pipeline && pipelineBasic(around.pipeline, around.projectUrl),
});
