import fc from 'fast-check';
import { percentEncode } from './any-parameters.ts';
import { hostileText, plausible } from './hostile-values.ts';
import type { Target } from './target.ts';

const IDS: Record<string, string> = {
  projects: '__project_id__',
  groups: '__group_id__',
  users: '__user_id__',
  jobs: '__job_id__',
  runners: '__runner_id__',
  namespaces: '__group_id__',
  personal_access_tokens: '__token_id__',
};

/** Below its route's path, mostly with ids that are there. */
export function pathOf({ path }: Target): fc.Arbitrary<string> {
  const base = /^\/(-\/|:repository)/.test(path) ? '' : '/api/v4';
  const segments = path.split('/').slice(1);
  const made = segments.map((segment, index) => {
    const [, name, wide] = /^:([a-z_]+)(\+?)$/.exec(segment) ?? [];
    if (name === undefined) return fc.constant(segment);
    const good =
      name === 'id'
        ? fc.constantFrom(
            IDS[segments[index - 1] ?? ''] ?? '__project_id__',
            segments[index - 1] === 'projects' ? '__project_path__' : '5',
          )
        : name === 'repository'
          ? fc.constantFrom('__git_path__', '__git_path__', 'root/none.git')
          : plausible(name, { type: 'string' }).map(String);
    return fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: hostileSegment(wide === '+') });
  });
  return fc.tuple(...made).map((parts) => `${base}/${parts.join('/')}`);
}

const hostileSegment = (wide: boolean) =>
  fc.tuple(hostileText, fc.constantFrom('encoded', 'encoded', 'raw')).map(([text, mode]) => {
    // An empty segment would make the path another one.
    if (mode === 'raw') return text.replace(/[^\x21-\x7e]|#/g, '') || 'raw';
    const encoded = percentEncode(text) || '%20';
    return wide ? encoded.replaceAll('%2F', '/') : encoded;
  });
