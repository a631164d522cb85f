import { ApiError } from '../errors.ts';

/** A route's path as the router takes it, and as the parameters are read from it. */
export interface CompiledPath {
  /** For the router: up to the first parameter of several segments, which becomes `*`. */
  mount: string;
  /** The parameters of a request's URL, decoded; null when the rest does not fit. @throws 400 badly encoded */
  match: (url: string) => Record<string, string> | null;
}

/** Where a path of the REST API stands: below /api/v4, unless it belongs to another page of the server. */
export const absolute = (path: string) => (ELSEWHERE.test(path) ? path : `/api/v4${path}`);

const ELSEWHERE = /^\/(-|\.well-known|oauth|users\/auth)\//;

/**
 * Compiles `/projects/:id/jobs/artifacts/:ref_name+/download`: `:name` is one segment, in which a slash
 * is encoded; `:name+` takes as many as it can, encoded or not.
 */
export function compilePath(path: string): CompiledPath {
  const full = absolute(path);
  const wide = full.search(/:[a-z_]+\+/);
  const mount = wide < 0 ? full : `${full.slice(0, wide)}*`;
  const names: string[] = [];
  const pattern = full
    .replace(/[.*?^${}()|[\]\\]/g, '\\$&')
    .replace(/:([a-z_]+)(\+?)/g, (_, name: string, many) => {
      names.push(name);
      return many ? '(.+)' : '([^/]+)';
    });
  const shape = new RegExp(`^${pattern}$`, 's');
  return {
    mount,
    match(url) {
      const end = url.search(/[?#]/);
      const found = shape.exec(end < 0 ? url : url.slice(0, end));
      if (!found) return null;
      const values: Record<string, string> = {};
      for (const [index, name] of names.entries()) values[name] = decode(found[index + 1] ?? '');
      return values;
    },
  };
}

function decode(text: string): string {
  let value: string;
  try {
    value = decodeURIComponent(text);
  } catch {
    throw new ApiError(400, { message: '400 Bad request' });
  }
  return value;
}
