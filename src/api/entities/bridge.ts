import { type Static, Type } from 'typebox';
import type { BridgeDetails } from '../../pipelines/bridge-store.ts';
import { entity, nullable } from './entity.ts';
import { type JobAround, JobBasic, jobBasic } from './job.ts';
import { PipelineBasic, pipelineBasic } from './pipeline.ts';

/**
 * A job that creates a pipeline: it has no runner, and neither tags nor artifacts. `failure_message` tells why there
 * is no pipeline, where the reason alone does not.
 */
export const Bridge = entity({
  ...JobBasic.properties,
  failure_message: nullable(Type.String()),
  downstream_pipeline: nullable(PipelineBasic),
});

/** The bridge as the API answers it. */
export function bridgeOf(bridge: BridgeDetails, around: JobAround): Static<typeof Bridge> {
  const { downstream_pipeline: downstream } = bridge;
  const projectUrl = `${around.url}/${downstream?.path_with_namespace}`;
  return {
    ...jobBasic(bridge, around),
    failure_message: bridge.failure_message,
    downstream_pipeline: downstream && pipelineBasic(downstream, projectUrl),
  };
}
