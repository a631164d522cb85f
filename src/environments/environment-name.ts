import { createHash } from 'node:crypto';
import { ENVIRONMENT_NAME, ENVIRONMENT_NAME_MESSAGE, LONGEST, type Tier } from '../ci/environment-words.ts';

/** What is wrong with the name of an environment, in GitLab's words; empty when it is good. */
export function nameProblems(name: string): string[] {
  if (name.trim() === '') return ["can't be blank"];
  return [
    ...(name.length > LONGEST ? [`is too long (maximum is ${LONGEST} characters)`] : []),
    ...(ENVIRONMENT_NAME.test(name) ? [] : [ENVIRONMENT_NAME_MESSAGE]),
  ];
}

const LONGEST_SLUG = 24;
const SUFFIX_LENGTH = 6;

/**
 * The name as a part of host names: at most 24 of `a-z0-9-`, a letter first and no `-` last. Where that is
 * not the name itself it ends in six characters of the name's digest, as GitLab's does, so that scripts that know
 * the one know the other.
 */
export function slugOf(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '-');
  const slug = (/^[a-z]/.test(plain) ? plain : `env-${plain}`).replace(/-+/g, '-');
  if (slug === name && slug.length <= LONGEST_SLUG) return slug.replace(/-$/, '');
  const start = slug.slice(0, LONGEST_SLUG - SUFFIX_LENGTH - 1);
  return `${start.replace(/-$/, '')}-${suffixOf(name)}`;
}

function suffixOf(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(-SUFFIX_LENGTH);
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
