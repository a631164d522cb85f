import type { Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { metadataRoutes } from './metadata.ts';

/** Every page of the REST API. */
export function apiRoutes(_parts: Parts): Route[] {
  return [...metadataRoutes()];
}
