/**
 * The address below `url` that a path names; null when it leads anywhere else: `//host`, `/\host`, another scheme, or
 * what becomes one of these once a browser has read it.
 */
export function ownAddress(url: string, path: string): string | null {
  const own = URL.parse(url);
  if (!own || !path.startsWith('/')) return null;
  const address = URL.parse(path, own.origin);
  return address?.origin === own.origin && address.username === '' ? address.href : null;
}
