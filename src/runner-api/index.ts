import type { Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { artifactRoutes } from './artifacts.ts';
import { JobAuthenticator } from './authenticate-job.ts';
import { registerRoutes } from './register.ts';
import { requestJobRoute } from './request-job.ts';
import { traceRoute } from './trace.ts';
import { updateJobRoute } from './update-job.ts';

/** All of the protocol that GitLab Runner speaks, and our own with it. */
export function runnerApiRoutes(parts: Parts): Route[] {
  const jobs = new JobAuthenticator(parts);
  return [
    ...registerRoutes(parts),
    requestJobRoute(parts),
    updateJobRoute(parts, jobs),
    traceRoute(parts, jobs),
    ...artifactRoutes(parts, jobs),
  ];
}
