import type { Patch } from '../patch.ts';

const tests = ['src/db/statement-batch.test.ts'];

export const patches: Patch[] = [
  {
    name: 'what a connection prepared before a migration fails for ever',
    file: 'src/db/statement-batch.ts',
    find: "const STALE = new Set(['0A000', '26000']);",
    replace: 'const STALE = new Set<string>();',
    tests,
    postgres: true,
  },
  {
    name: 'rows are read by the columns that the table had before a migration',
    file: 'src/db/statement-batch.ts',
    find: 'if (statement.described?.columns !== columns) {',
    replace: 'if (!statement.described) {',
    tests,
    postgres: true,
  },
  {
    name: 'a connection keeps whatever it has prepared',
    file: 'src/db/statement-batch.ts',
    find: 'if (prepared.size < PREPARED) break;',
    replace: 'break;',
    tests,
    postgres: true,
  },
  {
    name: 'a statement that fails takes those behind it in its turn with it',
    file: 'src/db/postgres-driver.ts',
    find: 'if (isRefused) runInPool(pool, left);',
    replace: 'if (isRefused) rejectAll(left, failed);',
    tests,
    postgres: true,
  },
  {
    name: 'a connection that the database ends is used again',
    file: 'src/db/postgres-driver.ts',
    find: 'const ENDS = /^(57P|08)/;',
    replace: 'const ENDS = /^never/;',
    tests,
    postgres: true,
  },
  {
    name: 'a statement runs on behind the end of its transaction',
    file: 'src/db/postgres-driver.ts',
    find: 'if (isOver()) rejectAll(',
    replace: 'if (isOver() && !all) rejectAll(',
    tests: ['src/db/database.test.ts'],
    postgres: true,
  },
  {
    name: 'a statement that comes late is part of the next use case of the commit',
    file: 'src/db/write-lane.ts',
    find: 'if (isOver) throw lateStatement();',
    replace: '',
    tests: ['src/db/database.test.ts'],
  },
];
