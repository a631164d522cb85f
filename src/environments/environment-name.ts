import { ENVIRONMENT_NAME, ENVIRONMENT_NAME_MESSAGE, LONGEST, type Tier } from '../ci/environment-words.ts';

/** What is wrong with the name of an environment, in GitLab's words; empty when it is good. */
export function nameProblems(name: string): string[] {
  if (name.trim() === '') return ["can't be blank"];
  return [
    ...(name.length > LONGEST ? [`is too long (maximum is ${LONGEST} characters)`] : []),
    ...(ENVIRONMENT_NAME.test(name) ? [] : [ENVIRONMENT_NAME_MESSAGE]),
  ];
}

/** The first that the name fits says the tier, as in GitLab. */
const GUESSES: readonly [RegExp, Tier][] = [
  [/dev|review|trunk/i, 'development'],
  [/test|tst|int|ac(ce|)pt|qa|qc|control|quality/i, 'testing'],
  [/st(a|)g|mod(e|)l|pre|demo|non/i, 'staging'],
  [/pr(o|)d|live/i, 'production'],
];

/** The tier of an environment of which nobody says it. */
export const guessTier = (name: string): Tier =>
  GUESSES.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';

const UNSAFE_SCHEMES = ['javascript', 'data', 'vbscript'];

/** What is wrong with an address that people will click on, in GitLab's words. */
export function urlProblems(url: string): string[] {
  const scheme = /^\s*([a-z][a-z0-9+.-]*):/i.exec(url.replace(/[\t\n\r]/g, ''))?.[1]?.toLowerCase();
  if (scheme !== undefined && UNSAFE_SCHEMES.includes(scheme)) return [`${scheme} scheme is not allowed`];
  if (/[\s<>"\\^`]/.test(url)) return ['URI is invalid'];
  return url.length > LONGEST ? [`is too long (maximum is ${LONGEST} characters)`] : [];
}
