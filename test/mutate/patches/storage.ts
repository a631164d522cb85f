import type { Patch } from '../patch.ts';

const storage = ['test/journeys/storage.test.ts'];
const retention = ['test/journeys/retention.test.ts'];
const stream = ['test/journeys/job-trace-stream.test.ts'];

/** Of what is stored and goes, and of logs as they grow. */
export const patches: Patch[] = [
  {
    name: 'what is deleted still counts',
    file: 'src/artifacts/artifact-store.ts',
    find: "  await countStorage(tx, 'artifacts', artifacts, -1);\n  return artifacts;\n}\n\n/** Removes up to",
    replace: '  return artifacts;\n}\n\n/** Removes up to',
    tests: storage,
  },
  {
    name: 'what is added up takes the place of what was there',
    file: 'src/storage/storage-store.ts',
    find: 'sql`project_statistics.size + excluded.size`',
    replace: 'sql`excluded.size`',
    tests: storage,
  },
  {
    name: 'a quota is passed by one byte',
    file: 'src/storage/quota.ts',
    find: 'storage_size + size <= storage_limit',
    replace: 'storage_size + size <= storage_limit + 1',
    tests: storage,
  },
  {
    name: 'the quota of a group above is not looked at',
    file: 'src/storage/storage-store.ts',
    find: "            .innerJoin('above', 'above.parent_id', 'namespaces.id')",
    replace: "            .innerJoin('above', 'above.id', 'namespaces.parent_id')",
    tests: storage,
  },
  {
    name: 'retention takes what is locked',
    file: 'src/retention/retention-store.ts',
    find: 'open.has(id) || Boolean(locked)',
    replace: 'open.has(id)',
    tests: retention,
  },
  {
    name: 'retention takes the artifacts of a pipeline that is under way',
    file: 'src/retention/retention-store.ts',
    find: 'locked_ref !== null || open.has(pipeline_id)',
    replace: 'locked_ref !== null || open.has(-pipeline_id)',
    tests: retention,
  },
  {
    name: 'retention takes what the child of a pipeline may want of it',
    file: 'src/retention/retention-store.ts',
    find: 'return new Set([...open, ...(await withOpenChildren(db, [...ids], OVER))]);',
    replace: 'return ids.size < 0 ? await withOpenChildren(db, [...ids], OVER) : new Set(open);',
    tests: retention,
  },
  {
    name: 'a job runs without the artifacts that retention has taken',
    file: 'src/artifacts/artifact-store.ts',
    find: '.set({ artifacts_expire_at: now })\n    .where(',
    replace: '.set({ artifacts_expire_at: null })\n    .where(',
    tests: retention,
  },
  {
    name: 'one more goes by count than should',
    file: 'src/retention/retention-store.ts',
    find: '.offset(count)\n      .executeTakeFirst();\n    return trace',
    replace: '.offset(count - 1)\n      .executeTakeFirst();\n    return trace',
    tests: retention,
  },
  {
    name: 'logs go in the order of their jobs’ ids',
    file: 'src/retention/retention-store.ts',
    find: "const first = kind === 'traces' ?",
    replace: "const first = kind === 'pipelines' ?",
    tests: retention,
  },
  {
    name: 'who follows a log is not told that it began anew',
    file: 'src/traces/follow-trace.ts',
    find: 'if (isOther && byte > 0) {',
    replace: 'if (isOther && byte < 0) {',
    tests: stream,
  },
  {
    name: 'who follows a log reads on when it shows secrets',
    file: 'src/api/trace-events.ts',
    find: 'return job && mayRead(job) ? ',
    replace: 'return job ? ',
    tests: stream,
  },
  {
    name: 'the lines of a log are off by one',
    file: 'src/traces/line-index.ts',
    find: '(this.#before[middle] ?? 0) < feed',
    replace: '(this.#before[middle] ?? 0) <= feed',
    tests: ['src/traces/line-index.test.ts', 'test/journeys/job-trace-lines.test.ts'],
  },
  {
    name: 'the log of the database never begins anew',
    file: 'src/db/checkpoints.ts',
    find: 'if (this.#isLong) {',
    replace: 'if (false) {',
    tests: ['src/db/checkpoints.test.ts'],
  },
];
