import type { IncomingHttpHeaders } from 'node:http';
import { apiError } from '../errors.ts';

/** @throws 412 when the record has changed since the request's `If-Unmodified-Since`, which counts in seconds */
export function checkUnmodified(headers: IncomingHttpHeaders, { updated_at }: { updated_at: number }): void {
  const since = Date.parse(headers['if-unmodified-since'] ?? '');
  if (Math.floor(updated_at / 1000) * 1000 > since) throw apiError('precondition_failed');
}
