import type { Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { createRunnerRoutes } from './create-runners.ts';
import { healthRoutes } from './health.ts';
import { metadataRoutes } from './metadata.ts';
import { projectRunnerRoutes } from './project-runners.ts';
import { runnerRoutes } from './runners.ts';

/** Every page of the REST API. */
export function apiRoutes(parts: Parts): Route[] {
  return [
    ...metadataRoutes(),
    ...healthRoutes(parts),
    ...runnerRoutes(parts),
    ...projectRunnerRoutes(parts),
    ...createRunnerRoutes(parts),
  ];
}
