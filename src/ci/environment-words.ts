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
