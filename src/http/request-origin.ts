import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether the browser says that a page of another origin has made it send the request: another site, another port of this
 * machine, or a page without an origin as those in a sandbox. What is no browser says nothing.
 */
export function isFromElsewhere(headers: IncomingHttpHeaders, url: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return headers.origin !== undefined && !isOwn(headers.origin, headers.host, url);
}

/** Whether it is a person's way to a page: a link, or an address that was typed. */
export const isNavigation = (headers: IncomingHttpHeaders) =>
  headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';

/** A server is often reached under more addresses than the one it tells; but one with TLS only with it. */
function isOwn(origin: string, host: string | undefined, url: string): boolean {
  const own = URL.parse(url);
  if (origin === own?.origin) return true;
  const asked = URL.parse(origin);
  return asked !== null && asked.host === host && (own?.protocol !== 'https:' || asked.protocol === 'https:');
}
