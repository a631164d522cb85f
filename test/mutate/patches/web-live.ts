import type { Patch } from '../patch.ts';

const STALE = ['web/src/api/make-stale.test.ts'];
const SOON = ['web/src/pages/pipeline/fetch-soon.test.ts'];
const OLD = ['web/src/api/may-be-old.test.ts'];

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
    name: 'a session that ends takes away what is shown and typed',
    file: 'web/src/api/all-stale.ts',
    find: 'if (isSignedIn(client)) makeStale(client, BUT_THE_SESSION, options);',
    replace: 'makeStale(client, BUT_THE_SESSION, options);',
    tests: ['test/browser/sign-in.test.ts'],
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
  {
    name: 'a reply is as old as its coming, not as the asking for it',
    file: 'web/src/api/asked-at.ts',
    find: 'asked.set(query, asking.get(query) ?? -Infinity)',
    replace: 'asked.set(query, performance.now())',
    tests: ['web/src/api/asked-at.test.ts'],
  },
  {
    name: 'a graph that nobody looks at stays as it was',
    file: 'web/src/api/stale-by.ts',
    find: "type === 'pipeline' ? id : pipeline_id",
    replace: "type === 'pipeline' ? pipeline_id : undefined",
    tests: ['web/src/api/stale-by.test.ts'],
  },
  {
    name: 'what changes while the first reply is on its way is not fetched',
    file: 'web/src/pages/pipeline/fetch-soon.ts',
    find: '    if (query && query.state.data === undefined) await arrived(query);\n',
    replace: '',
    tests: SOON,
  },
  {
    name: 'a graph that was left while it was fetched is taken for new',
    file: 'web/src/pages/pipeline/fetch-soon.ts',
    find: 'await client.invalidateQueries(',
    replace: 'await client.refetchQueries(',
    tests: SOON,
  },
  {
    name: 'what may be old is not said to be',
    file: 'web/src/api/may-be-old.ts',
    find: '  old.add(query);\n',
    replace: '',
    tests: OLD,
  },
  {
    name: 'what nobody looks at any more may be old for ever',
    file: 'web/src/api/may-be-old.ts',
    find: "if (event.type === 'removed' || !event.query.isActive()) return true;",
    replace: "if (event.type === 'removed') return true;",
    tests: OLD,
  },
];
