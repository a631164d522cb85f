import type { Patch } from '../patch.ts';

const blobs = ['src/blobs/blob-store.test.ts'];
const work = ['src/work/worker.test.ts'];

export const patches: Patch[] = [
  {
    name: 'a blob is one byte longer than its limit',
    file: 'src/blobs/blob-store.ts',
    find: 'if (size > maxSize)',
    replace: 'if (size > maxSize + 1)',
    tests: blobs,
  },
  {
    name: 'a failed upload leaves its bytes behind',
    file: 'src/blobs/blob-store.ts',
    find: '      await rm(path, { force: true }).catch(() => {});\n',
    replace: '',
    tests: blobs,
  },
  {
    name: 'a blob key may climb out of its folder',
    file: 'src/blobs/blob-store.ts',
    find: 'if (!KEY.test(key)) throw',
    replace: 'if (key === KEY.source) throw',
    tests: blobs,
  },
  {
    name: 'a server that starts leaves the leases of the one that died',
    file: 'src/work/worker.ts',
    find: "if (this.#db.kind === 'sqlite') await releaseLeases(this.#db);",
    replace: "if (this.#db.kind !== 'sqlite') await releaseLeases(this.#db);",
    tests: work,
  },
  {
    name: 'work added later than the sleep began is not noticed',
    file: 'src/work/worker.ts',
    find: 'const silence = onWorkAdded(() => this.#wake());',
    replace: 'const silence = onWorkAdded(() => {});',
    tests: work,
  },
];
