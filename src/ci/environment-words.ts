import { createHash } from 'node:crypto';

/** What an environment is for. */
export const TIERS = ['production', 'staging', 'testing', 'development', 'other'] as const;
export type Tier = (typeof TIERS)[number];

export const isTier = (text: string): text is Tier => TIERS.some((tier) => tier === text);

/** An environment's name, or a text that becomes one when its variables are expanded. */
export const ENVIRONMENT_NAME = /^[\w${}. -]([\w/${}. -]*[\w${}. -])?$/;
export const ENVIRONMENT_NAME_MESSAGE =
  "can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'";

/** Characters of an environment's name, and of its address. */
export const LONGEST = 255;

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
