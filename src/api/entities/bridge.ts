import type { Static } from 'typebox';
import type { BridgeDetails } from '../../pipelines/bridge-store.ts';
import { entity, nullable } from './entity.ts';
import { type JobAround, JobBasic, jobBasic } from './job.ts';
import { PipelineBasic, pipelineBasic } from './pipeline.ts';

/** A job that creates a pipeline: it has no runner, and neither tags nor artifacts. */
export const Bridge = entity({ ...JobBasic.properties, downstream_pipeline: nullable(PipelineBasic) });

/** The bridge as the API answers it. */
export function bridgeOf(bridge: BridgeDetails, around: JobAround): Static<typeof Bridge> {
  const { downstream_pipeline: downstream } = bridge;
  const projectUrl = `${around.url}/${downstream?.path_with_namespace}`;
  return {
    ...jobBasic(bridge, around),
    downstream_pipeline: downstream && pipelineBasic(downstream, projectUrl),
  };
}
