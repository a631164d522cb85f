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
];
