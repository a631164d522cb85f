import type { Drawable } from './items.ts';

let next = 1;

/** A job to be drawn, with what a test says of it. */
export const drawable = (
  name: string,
  some: { stage?: string; needs?: readonly string[]; group?: string } = {},
): Drawable => ({
  id: next++,
  name,
  group: some.group ?? name,
  stage: some.stage ?? 'test',
  needs: some.needs?.map((each) => ({ name: each })) ?? null,
});
