import { type Static, Type } from 'typebox';
import { JOB_STATUSES } from '../../jobs/job-state.ts';
import type { PipelineJob as JobRow } from '../../jobs/pipeline-job-store.ts';
import { isWarning, pipelineStatus } from '../../pipelines/pipeline-status.ts';
import { Commit } from './commit.ts';
import { entity, nullable } from './entity.ts';
import { LinkedPipeline } from './linked-pipeline.ts';
import { PipelineDetails } from './pipeline.ts';
import { PipelineJob } from './pipeline-job.ts';

/** What a page may offer of a pipeline. */
export const PIPELINE_BUTTONS = [
  'retry',
  'cancel',
  'delete',
  'rename',
  'prioritise',
  'read_variables',
] as const;

const Stage = entity({
  name: Type.String(),
  status: Type.Enum([...JOB_STATUSES]),
  warnings: Type.Boolean({ description: 'A job that may fail has failed' }),
  jobs: Type.Integer(),
});

/** All that a page about a pipeline draws. */
export const PipelineGraph = entity({
  pipeline: PipelineDetails,
  commit: nullable(Commit),
  actions: Type.Array(Type.Enum([...PIPELINE_BUTTONS]), { description: 'What the caller may do now' }),
  upstream: nullable(LinkedPipeline),
  triggered: Type.Array(LinkedPipeline, { description: 'Begun by a job with its token' }),
  stages: Type.Array(Stage, { description: 'In order; those that have jobs' }),
  jobs: Type.Array(PipelineJob, { description: 'By stage, then by id' }),
});

/** The stages that have jobs, in order. */
export function stagesOf(jobs: readonly JobRow[]): Static<typeof Stage>[] {
  const latest = jobs.filter(({ retried }) => retried === 0);
  return [...Map.groupBy(latest, ({ stage_idx }) => stage_idx)]
    .toSorted(([one], [other]) => one - other)
    .map(([, stage]) => {
      const counted = stage.map((job) => ({ status: job.status, allow_failure: job.allow_failure === 1 }));
      return {
        name: stage[0]?.stage ?? '',
        status: pipelineStatus(counted) ?? 'created',
        warnings: counted.some(isWarning),
        jobs: stage.length,
      };
    });
}
