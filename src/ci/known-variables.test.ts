import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expand, expandAll } from './expand.ts';
import { KnownVariables, SharedVariables } from './known-variables.ts';
import { mergeVariables, variable, type Variable } from './variable.ts';

const LONG = 'x'.repeat(700_000);
const key = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F');
const reference = key.map((each) => `$${each}`);
/** `~` stands for what is long, so that a counterexample can be read. */
const text = fc.oneof(
  fc
    .array(fc.oneof(reference, fc.constantFrom('x', '$$A', '%B%', '${C}', '$NOBODY', '-')), { maxLength: 3 })
    .map((parts) => parts.join('')),
  reference.map((each) => each.repeat(3)),
  fc.constant('~'),
);
const one = fc.record({ key, value: text, raw: fc.boolean() });
const some = fc.array(one, { maxLength: 6 });
type Written = { key: string; value: string; raw: boolean };
const read = (written: Written[]) =>
  written.map(({ key: name, value, raw }) => variable(name, value.replaceAll('~', LONG), { raw }));
/** Jobs are mostly alike. */
const jobs = fc
  .tuple(
    some,
    fc.array(
      fc.oneof(
        one.map((each) => [each]),
        some,
      ),
      { maxLength: 3 },
    ),
  )
  .map(([first, others]) => [first, ...others.map((own) => [...first, ...own])]);

/** What a job sees whose own variables count for more than what it shares. */
const seen = (shared: Variable[], own: Variable[], base = new SharedVariables(shared)) =>
  new KnownVariables(base, own, () => mergeVariables(shared, own));

test('each job sees what it would see were all its variables gone through for it alone', () => {
  fc.assert(
    fc.property(some, jobs, text, fc.constantFrom('keep', 'blank'), (written, owns, asked, unknown) => {
      const shared = read(written);
      const base = new SharedVariables(shared);
      for (const own of owns.map(read)) {
        const known = seen(shared, own, base);
        const all = mergeVariables(shared, own);
        expect(known.problem).toBe(expandAll(all, { unknown: 'keep' }).problem);
        const whole = expandAll(all, { unknown }).variables ?? all;
        expect(known.fill(asked, unknown) === expand(asked, whole, { unknown })).toBe(true);
        for (const each of all) expect(known.get(each.key)).toBe(each);
      }
    }),
    { numRuns: 400 },
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
  const none = new SharedVariables([]);
  const own = (value: string) => seen([], [twice, variable('LONG', value)], none);
  expect(own('y').problem).toBeNull();
  expect(own(`${long}y`).problem).toEqual(tooLarge);
});

test('a text without references looks at no variable, however many there are', () => {
  let looks = 0;
  const watched: Variable = {
    ...variable('A', ''),
    get value() {
      looks++;
      return '$B';
    },
  };
  const known = seen([watched], [watched]);
  looks = 0;
  expect(known.fill('production', 'blank')).toBe('production');
  expect(looks).toBe(0);
  expect(known.fill('$A', 'blank')).toBe('');
  expect(looks).toBeGreaterThan(0);
});
