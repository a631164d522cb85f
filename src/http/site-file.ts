import { extname } from 'node:path';
import { inertHeaders } from './inert-file.ts';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.htm': 'text/html; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.xml': 'application/xml',
};

/** The headers of a file that a job made, shown as what it is: its policy says within which bounds. */
export function shownHeaders(path: string): Record<string, string> {
  const type = TYPES[extname(path).toLowerCase()];
  return {
    ...inertHeaders(path),
    ...(type !== undefined && { 'Content-Type': type, 'Content-Disposition': 'inline' }),
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'private, no-cache',
  };
}

/**
 * The headers of a file of a site that a job has made: it is shown as what it is, scripts run, but in a sandbox. To a
 * browser such a page is of no origin, so it has neither what this server has stored in the browser nor its rights.
 */
export const siteHeaders = (path: string): Record<string, string> => ({
  ...shownHeaders(path),
  'Content-Security-Policy': "sandbox allow-scripts allow-popups; form-action 'none'; frame-ancestors 'none'",
});
