import type { Patch } from '../patch.ts';

const parameters = ['src/http/parameters.test.ts'];
const paging = ['src/http/paging.test.ts'];
const ranged = ['src/http/ranged.test.ts'];
const compressed = ['src/http/compressed.test.ts'];

export const patches: Patch[] = [
  {
    name: 'a reply that another site has caused is compressed',
    file: 'src/http/compressed.ts',
    find: "site === 'cross-site' || ",
    replace: '',
    tests: compressed,
  },
  {
    name: 'a job is compressed for its runner with its secrets',
    file: 'src/http/mount.ts',
    find: ' && COMPRESSIBLE.has(request.method)',
    replace: '',
    tests: compressed,
  },
  {
    name: 'who refuses gzip gets it',
    file: 'src/http/compressed.ts',
    find: ';\\s*q=(?:1|0?\\.0*[1-9])',
    replace: ';',
    tests: compressed,
  },
  {
    name: 'a parameter that is not given is called invalid',
    file: 'src/http/parameters.ts',
    find: '`${at} is missing`',
    replace: '`${at} is invalid`',
    tests: parameters,
  },
  {
    name: 'only the first mistake of a request is told',
    file: 'src/http/parameters.ts',
    find: 'throw badParameters(problems);',
    replace: 'throw badParameters(problems.slice(0, 1));',
    tests: parameters,
  },
  {
    name: 'an id that no number can hold is rounded',
    file: 'src/http/parameters.ts',
    find: 'whole && !Number.isSafeInteger(value)',
    replace: 'whole && !Number.isInteger(value)',
    tests: parameters,
  },
  {
    name: 'the second page begins where the third should',
    file: 'src/http/paging.ts',
    find: 'const offset = (params.page - 1) * limit;',
    replace: 'const offset = params.page * limit - limit + Math.min(params.page - 1, 1) * limit;',
    tests: paging,
  },
  {
    name: 'the last page is one too far',
    file: 'src/http/paging.ts',
    find: 'Math.max(1, Math.ceil(counted / request.limit))',
    replace: 'Math.max(1, Math.floor(counted / request.limit) + 1)',
    tests: paging,
  },
  {
    name: 'the Link to the page before leads to this one',
    file: 'src/http/paging.ts',
    find: 'pages === null ? number - 1 : Math.min(number - 1, pages)',
    replace: 'pages === null ? number : Math.min(number, pages)',
    tests: paging,
  },
  {
    name: 'a Link carries the token of who asked',
    file: 'src/http/paging.ts',
    find: "new Set(['private_token', ",
    replace: 'new Set([',
    tests: paging,
  },
  {
    name: 'Content-Range ends one byte too far',
    file: 'src/http/ranged.ts',
    find: '`bytes ${range.start}-${range.end}/${size}`',
    replace: '`bytes ${range.start}-${range.end + 1}/${size}`',
    tests: ranged,
  },
  {
    name: 'the last bytes asked for are one too few',
    file: 'src/http/ranged.ts',
    find: 'Math.max(0, size - Number(last))',
    replace: 'Math.max(0, size - Number(last) + 1)',
    tests: ranged,
  },
  {
    name: 'a range of bytes that have changed is sent as one of the old ones',
    file: 'src/http/ranged.ts',
    find: 'wanted === undefined || wanted === etag ?',
    replace: 'wanted === undefined || wanted !== null ?',
    tests: ranged,
  },
  {
    name: 'a slash that is encoded ends a segment of a path',
    file: 'src/http/path.ts',
    find: 'const found = shape.exec(end < 0 ? url : url.slice(0, end));',
    replace: "const found = shape.exec((end < 0 ? url : url.slice(0, end)).replaceAll('%2F', '/'));",
    tests: ['src/http/path.test.ts'],
  },
  {
    name: 'connections end while runners still mean to use them',
    file: 'src/http/app.ts',
    find: 'const KEEP_ALIVE = 100_000;',
    replace: 'const KEEP_ALIVE = 5_000;',
    tests: ['src/http/app.test.ts'],
  },
  {
    name: 'an upload has no more time than any other body',
    file: 'src/http/mount.ts',
    find: "scope('stream', streamBodies);",
    replace: "scope('stream', (child) => (streamBodies(child), boundBodies(child, mounted.bodyTimeout)));",
    tests: ['test/journeys/runner-artifacts.test.ts'],
  },
  {
    name: 'a name that PostgreSQL cannot index is a defect of the server',
    file: 'src/db/unavailable.ts',
    find: "error.code === '54000'",
    replace: "error.code === '54001'",
    tests: ['test/journeys/long-names.test.ts'],
    postgres: true,
  },
];
