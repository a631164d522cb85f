import type { Patch } from '../patch.ts';

const turns = ['src/pipelines/fair-turns.test.ts'];
const explained = ['test/journeys/job-queue.test.ts'];

/** Whose turn it is, and why a job waits. */
export const patches: Patch[] = [
  {
    name: 'a project that was served stays in front of the others',
    file: 'src/jobs/job-queue.ts',
    find: '        await passTurn(tx, turn.project_id);\n',
    replace: '',
    tests: turns,
  },
  {
    name: 'what has the least priority goes first',
    file: 'src/jobs/queue-turn-store.ts',
    find: 'b.priority - a.priority',
    replace: 'a.priority - b.priority',
    tests: turns,
  },
  {
    name: 'a priority that is given late moves no job that waits',
    file: 'src/jobs/job-queue.ts',
    find: "  await takeTurns(tx, 'a pipeline',",
    replace: "  if (pipelineId < 0) await takeTurns(tx, 'a pipeline',",
    tests: turns,
  },
  {
    name: 'places in the row are never tidied up',
    file: 'src/jobs/queue-turn-store.ts',
    find: '  for (const row of rows) await db.write((tx) => forgetIfEmpty(tx, row));\n',
    replace: '',
    tests: turns,
  },
  {
    name: 'everybody sees the runners of other projects',
    file: 'src/jobs/queue-runner-store.ts',
    find: "everywhere || in_scope || runner_type === 'instance_type'",
    replace: 'true || everywhere || in_scope || runner_type',
    tests: explained,
  },
  {
    name: 'a runner of the server takes jobs of a project that refuses it by now',
    file: 'src/jobs/queue-turn-store.ts',
    find: "runner.runner_type === 'instance_type', (turns)",
    replace: 'false, (turns)',
    tests: ['src/pipelines/claim-job.test.ts'],
  },
  {
    name: 'one kind of work takes all places',
    file: 'src/work/worker.ts',
    find: 'Math.ceil(this.#concurrency / 3)',
    replace: 'this.#concurrency',
    tests: ['src/work/worker.test.ts'],
  },
  {
    name: 'what repeats waits for its time of before the clock was set back',
    file: 'src/work/worker.ts',
    find: 'if (by > SET_BACK_MS)',
    replace: 'if (by > Infinity)',
    tests: ['src/work/worker.test.ts'],
  },
  {
    name: 'what is being done is begun again when the clock is set forward',
    file: 'src/work/worker.ts',
    find: 'if (work.lease_until <= now) await',
    replace: 'if (work.lease_until < 0) await',
    tests: ['src/work/worker.test.ts'],
  },
  {
    name: 'what waits does so longer when the clock is set back',
    file: 'src/work/worker.ts',
    find: 'await bringForward(tx, by, now);',
    replace: '',
    tests: ['src/work/worker.test.ts'],
  },
  {
    name: 'a jump of the clock counts as silence',
    file: 'src/runners/hearing.ts',
    find: '> JUMP_MS)',
    replace: '> Infinity)',
    tests: ['src/runners/hearing.test.ts', 'test/journeys/clock-jumps.test.ts'],
  },
  {
    name: 'while the server was down its runners were silent',
    file: 'src/runners/hearing.ts',
    find: 'this.#heardSince = clock();',
    replace: 'this.#heardSince = 0;',
    tests: ['src/runners/hearing.test.ts', 'test/journeys/clock-jumps.test.ts'],
  },
  {
    name: 'an offer lasts longer when the clock is set back',
    file: 'src/open-parts.ts',
    find: '.onSetBack(shortenOffers)',
    replace: '',
    tests: ['test/journeys/clock-jumps.test.ts'],
  },
  {
    name: 'a delay lasts longer when the clock is set back',
    file: 'src/open-parts.ts',
    find: '.onSetBack(shortenAllDelays)',
    replace: '',
    tests: ['test/journeys/clock-jumps.test.ts'],
  },
  {
    name: 'guests see the runners of the server',
    file: 'src/access/permissions.ts',
    find: "read_build_queue: from('reporter')",
    replace: "read_build_queue: from('guest')",
    tests: explained,
  },
  {
    name: 'a developer gives priority to what is protected',
    file: 'src/api/pipeline-priority.ts',
    find: 'if (!(await mayUpdateRef(',
    replace: 'if (false && !(await mayUpdateRef(',
    tests: explained,
  },
  {
    name: 'a developer gives any priority',
    file: 'src/api/pipeline-priority.ts',
    find: "reaches(role, 'maintainer')",
    replace: "reaches(role, 'developer')",
    tests: explained,
  },
  {
    name: 'while the database was away runners were silent',
    file: 'src/runners/hearing.ts',
    find: 'if (this.#isDeaf()) this.#heardSince = now;',
    replace: '',
    tests: ['src/runners/hearing.test.ts'],
  },
];
