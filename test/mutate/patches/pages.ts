import type { Patch } from '../patch.ts';

const pool = ['src/threads/thread-pool.test.ts'];

export const patches: Patch[] = [
  {
    name: 'the place of an answer is given away while it is being sent',
    file: 'src/threads/thread-pool.ts',
    find: '    const question = this.#questions.get(place);\n    this.#questions.delete(place);\n',
    replace:
      '    const question = this.#questions.get(place);\n    this.#questions.delete(place);\n    this.#free.push(place);\n',
    tests: pool,
  },
  {
    name: 'a thread that ends takes the next one out of sight',
    file: 'src/threads/worker-thread.ts',
    find: "worker?.off('exit', this.#forget);",
    replace: '',
    tests: ['src/threads/worker-thread.test.ts'],
  },
  {
    name: 'whoever asked a thread that died waits for ever',
    file: 'src/threads/thread-pool.ts',
    find: '      for (const { reject } of this.#questions.values()) reject(reason);\n',
    replace: '',
    tests: pool,
  },
];
