import type { Patch } from '../patch.ts';

const STALE = ['web/src/api/make-stale.test.ts'];

/** How the web app follows what changes. */
export const patches: Patch[] = [
  {
    name: 'each change has what is on its way asked for anew',
    file: 'web/src/api/make-stale.ts',
    find: 'void client.invalidateQueries(filters, { cancelRefetch: giveUp });',
    replace: 'void client.invalidateQueries(filters);',
    tests: STALE,
  },
  {
    name: 'a program that looks for pages has events kept',
    file: 'src/web-host/mount-web.ts',
    find: "method === 'GET' && sessionTokenOf(headers) !== null",
    replace: 'sessionTokenOf(headers) !== null',
    tests: ['test/browser/web-host.test.ts'],
  },
  {
    name: 'a page without a stream goes on with a log that was sent again',
    file: 'web/src/pages/job/log/log-store.ts',
    find: 'generation !== this.#generation || index.size < size',
    replace: 'index.size < size',
    tests: ['test/browser/job-stream.test.ts'],
  },
];
