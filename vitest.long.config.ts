import { defineConfig } from 'vitest/config';
import short from './vitest.config.ts';

/** Crash, fault and soak tests and large inputs: `npm run test:long`. One at a time and on the disk, since they measure. */
export default defineConfig({
  test: {
    ...short.test,
    include: ['test/long/**/*.test.ts'],
    exclude: ['node_modules/**'],
    globalSetup: ['test/support/global-setup.ts', 'test/browser/support/build-web.ts'],
    isolate: true,
    testTimeout: 20 * 60_000,
    fileParallelism: false,
  },
});
