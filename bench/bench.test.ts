import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { findBrowser } from '../test/browser/support/find-browser.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import type { Benchmark } from './frame/benchmark.ts';

const files = readdirSync(import.meta.dirname).filter(
  (file) => /^[\w-]+\.ts$/.test(file) && file !== 'main.ts',
);

test('there are benchmarks', () => {
  expect(files.length).toBeGreaterThan(0);
});

// What they measure here is worth nothing; that they still measure is what this is about.
test.each(files)('%s runs, on next to nothing', async (file) => {
  const { benchmark } = (await import(pathToFileURL(join(import.meta.dirname, file)).href)) as {
    benchmark: Benchmark;
  };
  if (benchmark.browser && findBrowser() === null) return;
  const figures = await benchmark.run({
    folder: temporaryFolder(),
    seconds: 0.05,
    scale: 0.002,
    progress: () => {},
  });
  expect(figures.length).toBeGreaterThan(0);
  for (const figure of figures) {
    const { subject_rate, floor_rate, median, p99, longest_pause } = figure;
    for (const value of [subject_rate, floor_rate, median, p99, longest_pause])
      expect(value ?? 1, JSON.stringify(figure)).toBeGreaterThan(0);
  }
});
