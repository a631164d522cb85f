import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { isLate, keepThreads, WorkerThread } from './worker-thread.ts';

/** Does what it is asked: tells how often it was asked, fails, or dies. */
const port = new URL('./thread-port.ts', import.meta.url).href;
const program = new URL(
  `data:text/javascript,${encodeURIComponent(`
  import { openPort } from '${port}';
  let count = 0;
  openPort((wish, tell) => {
    count += 1;
    if (wish === 'fail') throw new Error('it fell');
    if (wish === 'die') process.exit(1);
    if (wish === 'count') tell({ count });
  });
`)}`,
);

const thread = new WorkerThread<string, { count: number }>(program, { memory: 32, idle: 60_000 });
afterAll(() => thread.close());

const wish = (...wishes: string[]) =>
  thread.run(
    async ({ ask, told }) => {
      for (const each of wishes) ask(each);
      for await (const { count } of told) return count;
      return null;
    },
    wishes.includes('sleep') ? { deadline: 100 } : {},
  );

/** How often its thread has been asked then. */
const count = (of: WorkerThread<string, { count: number }>) =>
  of.run(async ({ ask, told }) => {
    ask('count');
    for await (const message of told) return message.count;
    return null;
  });

const failure = (failing: Promise<unknown>) =>
  failing.then(
    () => null,
    (error: unknown) => error,
  );

test('tasks share a thread, one after another', async () => {
  expect(await Promise.all([wish('count'), wish('other', 'count'), wish('count')])).toEqual([1, 3, 4]);
});

test('whatever ends a thread fails its own task, and the next has a new one', async () => {
  const ends = [wish('fail'), wish('count'), wish('die'), wish('count')];
  const [fell, , died] = await Promise.all(ends.map(failure));
  expect(fell).toMatchObject({ message: expect.stringContaining('it fell') as string });
  expect(died).toMatchObject({ message: 'the thread has ended' });
  expect(await Promise.all([ends[1], ends[3]])).toEqual([1, 1]);
});

test('a task whose time is over is given up with its thread', async () => {
  const late = await failure(wish('sleep'));
  expect(isLate(late)).toBe(true);
  expect(await wish('count')).toBe(1);
});

test('a thread that has rested for long ends, and starts again for the next task', async () => {
  const brief = new WorkerThread<string, { count: number }>(program, { memory: 32, idle: 1 });
  await expect
    .poll(async () => {
      const counted = [await count(brief), await count(brief)];
      await sleep(20);
      return [...counted, await count(brief)].at(-1);
    })
    .toBe(1);
  await brief.close();
  expect(await failure(count(brief))).toMatchObject({ status: 503 });
});

test('a task that comes as the rest ends has a new thread, and the next has the same', async () => {
  const idle = 50;
  const brief = new WorkerThread<string, { count: number }>(program, { memory: 32, idle });
  expect(await count(brief)).toBe(1);
  // Right behind the timer that has been set before it for as long.
  await sleep(idle);
  expect([await count(brief), await count(brief)]).toEqual([1, 2]);
  await brief.close();
});

/** How often the thread of a new owner has been asked then. */
async function countOfNext(options: { memory: number; shared?: boolean }): Promise<number | null> {
  const owner = new WorkerThread<string, { count: number }>(program, { idle: 60_000, ...options });
  const asked = await count(owner);
  await owner.close();
  return asked;
}

test('where threads are kept, one at rest does the tasks of the next that has such, unless it may not be shared', async () => {
  onTestFinished(keepThreads());
  const shared = { memory: 33, shared: true };
  expect([await countOfNext(shared), await countOfNext(shared)]).toEqual([1, 2]);
  expect(await countOfNext({ ...shared, memory: 34 })).toBe(1);
  expect([await countOfNext({ memory: 35 }), await countOfNext({ memory: 35 })]).toEqual([1, 1]);
});
