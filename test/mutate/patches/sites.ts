import type { Patch } from '../patch.ts';

const pages = ['test/journeys/pages.test.ts'];
const reports = ['test/journeys/artifact-pages.test.ts'];

export const patches: Patch[] = [
  {
    name: 'whoever gets the address of a private site sees its pages',
    file: 'src/api/site-pages.ts',
    find: 'return caller?.user?.id === pass.user_id ? caller : null;',
    replace: 'if (caller) return caller;',
    tests: pages,
  },
  {
    name: 'the pass to a site opens it for ever',
    file: 'src/api/site-pass.ts',
    find: 'currentDate: new Date(now)',
    replace: 'currentDate: new Date(0)',
    tests: ['src/api/site-pass.test.ts'],
  },
  {
    name: 'a pass opens a site that its user may no longer see',
    file: 'src/api/site-pages.ts',
    find: "const found = await authorizeProject(db.read, caller, id, 'read_build', dayOf(clock()));",
    replace:
      "const found = await authorizeProject(db.read, { ...caller, user: { ...caller.user!, admin: 1 } } as Caller, id, 'read_build', dayOf(clock()));",
    tests: pages,
  },
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
  {
    name: 'a report of a job fills the window at the address of the server',
    file: 'src/api/site-pages.ts',
    find: '        if (isNavigation(call.headers))\n          return goTo(',
    replace: '        if (pass.hasExpired)\n          return goTo(',
    tests: reports,
  },
  {
    name: 'a token is exchanged for a pass that outlives it',
    file: 'src/api/artifacts.ts',
    find: "(caller.kind === 'user' && caller.token === null)",
    replace: "caller.kind === 'user'",
    tests: reports,
  },
  {
    name: 'a pass shows what a job keeps from its user',
    file: 'src/api/show-page.ts',
    find: "  if (!mayReadArtifact(artifact, role)) throw apiError('forbidden');\n",
    replace: '',
    tests: reports,
  },
  {
    name: 'a report leads a browser to a path of its choice',
    file: 'src/api/artifacts.ts',
    find: "!['', '.', '..'].includes(part)",
    replace: 'part.length >= 0',
    tests: reports,
  },
];
