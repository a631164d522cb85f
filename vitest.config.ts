import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'runner/**/*.test.ts',
      'test/**/*.test.ts',
      'bench/**/*.test.ts',
      'web/src/**/*.test.ts',
    ],
    exclude: ['test/long/**', 'node_modules/**'],
    globalSetup: [
      'test/support/few-pages.ts',
      'test/support/memory-folder.ts',
      'test/support/global-setup.ts',
      'test/browser/support/build-web.ts',
    ],
    // A process runs many files, with what they import loaded and compiled once: a fifth less time of the processor.
    isolate: false,
    // As the server is started: what is young is in few pages, and after each start of a program each page is copied anew.
    execArgv: ['--max-semi-space-size=8'],
    setupFiles: ['test/support/end-of-file.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What is waited for comes late on a busy machine; a second would be a timed assertion.
    expect: { poll: { timeout: 30_000 } },
    // For two cores: a test file mostly waits, for processes, time-outs and the disk.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
  },
});
