const SIGN_IN = /^\/users\/sign_(in|out)\/?$/;

/**
 * Where to go after signing in: the address that was asked for, when it is a path of this very server; else `/`. An address
 * of another server would make this one lend its name to whoever wrote the link.
 * @param asked what stands in the query, from anybody
 * @param origin of this page
 */
export function wayBack(asked: string | null, origin: string): string {
  // Browsers read a backslash as a slash, and skip tabs and line feeds.
  if (asked === null || !/^\/(?![/\\])/.test(asked) || /[\\\s\p{Cc}]/u.test(asked)) return '/';
  let url: URL;
  try {
    url = new URL(asked, origin);
  } catch {
    return '/';
  }
  // `/.//elsewhere.example` has become a path that begins with two slashes.
  if (url.origin !== origin || url.pathname.startsWith('//') || SIGN_IN.test(url.pathname)) return '/';
  return url.pathname + url.search + url.hash;
}
