import { inertHeaders } from './inert-file.ts';
import { shownHeaders } from './site-file.ts';

/**
 * What a page of a job may do in a frame of the web app: its scripts run, but in a sandbox. It is of no origin, has no
 * rights here, opens no windows and sends no forms; from other servers it loads nothing.
 * @param own where what belongs to it comes from
 */
const policyFrom = (own: string) =>
  [
    'sandbox allow-scripts',
    "default-src 'none'",
    `script-src ${own} 'unsafe-inline' 'unsafe-eval' data: blob:`,
    `style-src ${own} 'unsafe-inline' data:`,
    `img-src ${own} data: blob:`,
    `font-src ${own} data:`,
    `media-src ${own} data: blob:`,
    ...(own === '' ? [] : [`connect-src ${own} data: blob:`]),
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ');

export const isHtml = (path: string) => /\.html?$/i.test(path);

/** The headers of HTML that a job made, to be shown by itself: nothing that it links to is loaded. */
export const framedHeaders = (path: string): Record<string, string> => ({
  ...inertHeaders(path),
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': policyFrom(''),
  'Referrer-Policy': 'no-referrer',
});

/**
 * The headers of a file that a job made, at an address that opens all of that archive: pages find what belongs to them
 * beside them. To a page without an origin its own files are another's, so whoever has the address may read them: fonts,
 * modules and data are loaded in no other way. No cookie counts for it.
 */
export const framedWithOthersHeaders = (path: string): Record<string, string> => ({
  ...shownHeaders(path),
  'Content-Security-Policy': policyFrom("'self'"),
  'Access-Control-Allow-Origin': '*',
});
