import type { Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { healthRoutes } from './health.ts';
import { metadataRoutes } from './metadata.ts';

/** Every page of the REST API. */
export function apiRoutes(parts: Parts): Route[] {
  return [...metadataRoutes(), ...healthRoutes(parts)];
}
