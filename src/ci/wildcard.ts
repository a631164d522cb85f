import { RE2JS } from 're2js';

export const hasWildcard = (path: string) => path.includes('*');

/** Which of the paths fit: `*` stands for anything within a folder, `**` also for folders. Never slow: RE2. */
export function matchWildcard(pattern: string, paths: readonly string[]): string[] {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : RE2JS.quote(part)))
    .join('');
  const compiled = RE2JS.compile(source, RE2JS.DOTALL);
  return paths.filter((path) => compiled.matches(path));
}
