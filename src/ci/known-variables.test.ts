import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expand, expandAll } from './expand.ts';
import { KnownVariables, SharedVariables } from './known-variables.ts';
import { mergeVariables, variable, type Variable } from './variable.ts';

const key = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F');
const text = fc
  .array(
    fc.oneof(
      key.map((each) => `$${each}`),
      fc.constantFrom('x', '$$A', '%B%', '${C}', '$NOBODY', '-'),
    ),
    { maxLength: 3 },
  )
  .map((parts) => parts.join(''));
const variables = fc.array(
  fc.record({ key, value: text, raw: fc.boolean() }).map((each) => variable(each.key, each.value, each)),
  { maxLength: 6 },
);

/** What a job sees whose own variables count for more than what it shares. */
const seen = (shared: Variable[], own: Variable[], base = new SharedVariables(shared)) =>
  new KnownVariables(base, own, () => mergeVariables(shared, own));

test('each job sees what it would see were all its variables gone through for it alone', () => {
  const jobs = fc.array(variables, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(variables, jobs, text, fc.constantFrom('keep', 'blank'), (shared, owns, asked, unknown) => {
      const base = new SharedVariables(shared);
      for (const own of owns) {
        const known = seen(shared, own, base);
        const all = mergeVariables(shared, own);
        expect(known.problem).toBe(expandAll(all, { unknown: 'keep' }).problem);
        const whole = expandAll(all, { unknown }).variables ?? all;
        expect(known.fill(asked, unknown)).toBe(expand(asked, whole, { unknown }));
        for (const each of all) expect(known.get(each.key)).toBe(each);
      }
    }),
    { numRuns: 1000 },
  );
});

test('what is too large with a job is too large, and what is so without it alone is not', () => {
  const long = 'x'.repeat(1024 * 1024);
  const twice = variable('TWICE', '$LONG$LONG');
  const tooLarge = expect.stringContaining('too large') as string;
  expect(seen([variable('LONG', long), twice], []).problem).toBeNull();
  expect(seen([variable('LONG', long), twice], [variable('ONCE', '$LONG')]).problem).toEqual(tooLarge);
  expect(seen([variable('LONG', long), twice], [variable('LONG', `${long}x`)]).problem).toEqual(tooLarge);
  expect(seen([variable('LONG', `${long}x`), twice], [variable('LONG', 'x')]).problem).toBeNull();
  expect(seen([twice], [variable('LONG', long)]).problem).toBeNull();
  expect(seen([twice], [variable('LONG', `${long}x`)]).problem).toEqual(tooLarge);
  const base = new SharedVariables([variable('LONG', long), twice]);
  const job = (value: string) => seen([variable('LONG', long), twice], [variable('LONG', value)], base);
  expect(job('y'.repeat(1024 * 1024)).problem).toBeNull();
  expect(job(`${long}y`).problem).toEqual(tooLarge);
});
