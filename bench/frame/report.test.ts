import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { measure, median, quantile } from './measure.ts';
import { rounded, tableOf, withSection } from './report.ts';

test('a section is replaced where it stands, and the rest of the document is left alone', () => {
  const first = withSection(withSection('# Benchmarks\n', 'a', 'old a'), 'b', 'b');
  const second = withSection(first, 'a', 'new a');
  expect(second).toContain('new a');
  expect(second).not.toContain('old a');
  expect(second.indexOf('new a')).toBeLessThan(second.indexOf('<!-- bench:b -->'));
  expect(second.replace('new a', 'old a')).toBe(first);
});

test('a table has the ratio of the subject to its floor', () => {
  const rates = { subject_rate: 1234.5, floor_rate: 2469 };
  const times = { median: 0.5, p99: 2, longest_pause: 3.21 };
  const table = tableOf([{ subject: 's', floor: 'f', ...rates, ...times }]);
  expect(table.split('\n').at(-1)).toBe('| s | 1,230/s | f | 2,470/s | 0.5× | 0.5 ms | 2 ms | 3.21 ms |');
});

test('figures are rounded to what can be repeated', () => {
  expect([0.123456, 12.345, 123_456].map(rounded)).toEqual(['0.12', '12.3', '123,000']);
  expect(median([9, 1, 5])).toBe(5);
  expect(
    quantile(
      Array.from({ length: 1000 }, (_, index) => index),
      0.99,
    ),
  ).toBe(990);
});

function blocking() {
  const until = performance.now() + 20;
  while (performance.now() < until);
}

test('a measurement tells a slow step from a fast one, and sees a pause', async () => {
  const figure = await measure({ name: 's', once: blocking }, { name: 'f', once: () => wait(1) }, 0.5);
  expect(figure.subject_rate).toBeLessThan(60);
  expect(figure.floor_rate).toBeGreaterThan(figure.subject_rate * 2);
  expect(figure.longest_pause).toBeGreaterThan(15);
});

test('a round does no more than there is stock for, and what it puts off is part of its time', async () => {
  let stock = 0;
  const subject = {
    name: 's',
    stock: 3,
    concurrency: 2,
    prepare: () => (stock = 3),
    once: () => {
      if (--stock < 0) throw new Error('sold out');
    },
    settle: () => wait(30),
  };
  const figure = await measure(subject, { name: 'f', once: () => ({ waited: 7 }) }, 0.1);
  expect(figure.subject_rate).toBeLessThan(200);
  expect(figure.median).toBeLessThan(25);
});

test('what is waited for may be a part of what is done', async () => {
  const figure = await measure({ name: 's', once: () => ({ waited: 7 }) }, { name: 'f', once: () => 0 }, 0.1);
  expect([figure.median, figure.p99]).toEqual([7, 7]);
});

test('memory and the rarest times stand where they were measured', async () => {
  const rates = { subject_rate: 1, floor_rate: 1, median: 1, p99: 1, longest_pause: null };
  const memory = { first: 98e6, last: 101.4e6 };
  const [head, , row, plain] = tableOf([
    { subject: 's', floor: 'f', ...rates, memory, p999: 7 },
    { subject: 't', floor: 'f', ...rates },
  ]).split('\n');
  expect(head).toMatch(/ p99 \| p99\.9 \| longest pause \| memory \|$/);
  expect(row).toMatch(/ 1 ms \| 7 ms \|  \| 98 → 101 MB \|$/);
  expect(plain).toMatch(/ 1 ms \|  \|  \|  \|$/);
  const figure = await measure({ name: 's', memory: true, once: () => 1 }, { name: 'f', once: () => 1 }, 0.1);
  expect(figure.memory?.first).toBeGreaterThan(10e6);
  expect(figure.p999).toBeGreaterThan(0);
});
