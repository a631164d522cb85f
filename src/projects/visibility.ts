import { badParameters } from '../errors.ts';

export const VISIBILITIES = ['private', 'internal', 'public'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** Whether `a` is open to more people than `b`. */
export const isWider = (a: string, b: string) =>
  VISIBILITIES.indexOf(asVisibility(a)) > VISIBILITIES.indexOf(asVisibility(b));

function asVisibility(text: string): Visibility {
  const known = VISIBILITIES.find((one) => one === text);
  if (!known) throw badParameters(['visibility does not have a valid value']);
  return known;
}
