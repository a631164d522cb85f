import type { Patch } from '../patch.ts';

const pages = ['test/journeys/pages.test.ts'];

export const patches: Patch[] = [
  {
    name: 'the page of a job has the origin of the server',
    file: 'src/http/site-file.ts',
    find: 'sandbox allow-scripts allow-popups;',
    replace: 'sandbox allow-scripts allow-same-origin;',
    tests: pages,
  },
  {
    name: 'a job that has failed makes the site',
    file: 'src/pipelines/pages-store.ts',
    find: "    .where('jobs.status', '=', 'success')\n",
    replace: '',
    tests: pages,
  },
  {
    name: 'the site of another branch is shown',
    file: 'src/pipelines/pages-store.ts',
    find: "    .where('ref', '=', branch)\n",
    replace: '',
    tests: pages,
  },
  {
    name: 'a page can read the token in its address',
    file: 'src/api/pages.ts',
    find: 'TOKENS.some((name) => query.has(name))',
    replace: 'TOKENS.length === 0',
    tests: pages,
  },
];
