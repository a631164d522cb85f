import type { Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { artifactActionRoutes } from './artifact-actions.ts';
import { artifactRoutes } from './artifacts.ts';
import { createRunnerRoutes } from './create-runners.ts';
import { healthRoutes } from './health.ts';
import { jobActionRoutes } from './job-actions.ts';
import { jobRoutes } from './jobs.ts';
import { metadataRoutes } from './metadata.ts';
import { pipelineActionRoutes } from './pipeline-actions.ts';
import { pipelineRoutes } from './pipelines.ts';
import { projectRunnerRoutes } from './project-runners.ts';
import { runnerRoutes } from './runners.ts';
import { traceRoutes } from './traces.ts';

/** Every page of the REST API. */
export function apiRoutes(parts: Parts): Route[] {
  return [
    ...metadataRoutes(),
    ...healthRoutes(parts),
    ...jobRoutes(parts),
    ...jobActionRoutes(parts),
    ...traceRoutes(parts),
    ...artifactRoutes(parts),
    ...artifactActionRoutes(parts),
    ...pipelineRoutes(parts),
    ...pipelineActionRoutes(parts),
    ...runnerRoutes(parts),
    ...projectRunnerRoutes(parts),
    ...createRunnerRoutes(parts),
  ];
}
