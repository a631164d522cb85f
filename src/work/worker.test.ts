import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { until } from '../../test/support/until.ts';
import { workersOn } from '../../test/support/workers.ts';
import { addWork, leaseWork, removeWork } from './work-store.ts';

/**
 * The clock stands still, and no timer ends, but for what a test advances them by, as each `expect.poll` does. Answers how
 * to wait until a timer is set for so long.
 */
function stopTime(): (ms: number) => Promise<true> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const { setTimeout: still } = globalThis;
  const delays: unknown[] = [];
  // No spy: Vitest takes each back once more at the end of the file, and puts the timers that stand still in its place.
  globalThis.setTimeout = Object.assign((...args: Parameters<typeof still>) => {
    delays.push(args[1]);
    return still(...args);
  }, still);
  onTestFinished(() => {
    globalThis.setTimeout = still;
    vi.useRealTimers();
  });
  const isSet = (ms: number) => delays.includes(ms);
  return (ms) => until(`a timer for ${ms} ms`, async () => isSet(ms) || undefined, 30);
}

describe.each(databases)('durable work on %s', (kind) => {
  const { db, worker, add, rows } = workersOn(kind);
  /** Whatever timers do. */
  const isLeft = (key: string) =>
    until(`${key} is left`, async () => {
      const [first, ...others] = await rows();
      return (first?.key === key && others.length === 0) || undefined;
    });

  test('work is done right after the commit that added it, once, with its payload', async () => {
    const asleepFor = stopTime();
    const done: unknown[] = [];
    await worker()
      .handle('sweep', async (work) => void done.push(work))
      .start();
    await add('later', Date.now() + 4321);
    await asleepFor(4321);
    await add('yard', 0, { brooms: 2 });
    await isLeft('later');
    await add('another');
    await isLeft('later');
    expect(done).toEqual([
      { key: 'yard', payload: { brooms: 2 }, attempts: 1 },
      { key: 'another', payload: {}, attempts: 1 },
    ]);
  });

  test('work of a transaction that is rolled back never happens', async () => {
    const done: string[] = [];
    await worker()
      .handle('sweep', async ({ key }) => void done.push(key))
      .start();
    const failing = db().write(async (tx) => {
      await addWork(tx, { kind: 'sweep', key: 'never', due_at: 0 });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await add('ever');
    await expect.poll(() => done).toEqual(['ever']);
  });

  test('work that is due later waits until then, and no longer', async () => {
    const asleepFor = stopTime();
    const done: string[] = [];
    await worker()
      .handle('sweep', async ({ key }) => void done.push(key))
      .start();
    await add('later', Date.now() + 4321);
    await asleepFor(4321);
    vi.advanceTimersByTime(4320);
    await add('wakes it');
    await asleepFor(1);
    expect(await rows()).toMatchObject([{ key: 'later', attempts: 0 }]);
    vi.advanceTimersByTime(1);
    await until('it is due', async () => done.includes('later') || undefined, 30);
  });

  test('work added before the start is done after it, and unknown kinds are left alone', async () => {
    await add('waiting');
    await db().write((tx) => addWork(tx, { kind: 'of a newer server', key: 'x', due_at: 0 }));
    const done: string[] = [];
    await worker()
      .handle('sweep', async ({ key }) => void done.push(key))
      .start();
    await expect.poll(() => done).toEqual(['waiting']);
    await expect.poll(rows).toMatchObject([{ kind: 'of a newer server', attempts: 0 }]);
  });

  test('failed work is kept with its error, reported, and tried again', async () => {
    const reports: string[] = [];
    let tries = 0;
    await worker({ report: (message) => reports.push(message) })
      .handle('sweep', async () => {
        tries += 1;
        if (tries === 1) throw new Error('broom broken');
      })
      .start();
    await add('yard');
    await expect.poll(rows).toMatchObject([{ last_error: 'broom broken', attempts: 1, lease_until: null }]);
    expect(reports).toEqual(['sweep yard failed']);
    await expect.poll(() => tries).toBe(2);
    await expect.poll(rows).toEqual([]);
  });

  test('the same work added twice is one, and the later due time counts', async () => {
    await add('yard', 5);
    await add('yard', Date.now() + 60_000);
    expect(await rows()).toHaveLength(1);
    expect((await rows())[0]?.due_at).toBeGreaterThan(Date.now());
    expect(await db().write((tx) => removeWork(tx, 'sweep', 'yard'))).toBe(true);
    expect(await db().write((tx) => removeWork(tx, 'sweep', 'yard'))).toBe(false);
  });

  test('work that is added again while it is being done is done again, but not at the same time', async () => {
    let running = 0;
    const most: number[] = [];
    const begin = Promise.withResolvers<void>();
    await worker()
      .handle('sweep', async () => {
        running += 1;
        most.push(running);
        begin.resolve();
        await wait(150);
        running -= 1;
      })
      .start();
    await add('yard');
    await begin.promise;
    await add('yard');
    await expect.poll(() => most).toEqual([1, 1]);
    await expect.poll(rows).toEqual([]);
  });

  test('two servers share the work and none of it is done twice', async () => {
    const done: string[] = [];
    for (const name of ['a', 'b'])
      await worker()
        .handle('sweep', async ({ key }) => {
          await wait(2);
          done.push(`${name}:${key}`);
        })
        .start();
    await Promise.all(Array.from({ length: 60 }, (_, index) => add(`yard ${index}`)));
    await expect.poll(rows).toEqual([]);
    expect(done.map((text) => text.slice(2)).toSorted()).toEqual(
      Array.from({ length: 60 }, (_, index) => `yard ${index}`).toSorted(),
    );
  });

  test('work of a server that died is taken over when its lease ends, not before', async () => {
    await add('yard');
    const span = { kind: 'sweep', limit: 5 };
    const take = (now: number) => leaseWork(db(), { ...span, now, lease_until: now + 400 });
    expect((await take(1000)).map((work) => work.key)).toEqual(['yard']);
    expect(await take(1399)).toEqual([]);
    expect(await take(1400)).toMatchObject([{ key: 'yard', attempts: 2 }]);
  });

  test.runIf(kind === 'sqlite')(
    'the only server that can be does not wait for the leases of its former life',
    async () => {
      await add('yard');
      const now = Date.now();
      await leaseWork(db(), { kind: 'sweep', now, lease_until: now + 60_000, limit: 5 });
      const done: string[] = [];
      await worker()
        .handle('sweep', async ({ key }) => void done.push(key))
        .start();
      await expect.poll(() => done).toEqual(['yard']);
    },
  );

  test('a long handler keeps its lease', async () => {
    let calls = 0;
    const end = Promise.withResolvers<void>();
    for (let index = 0; index < 2; index += 1)
      await worker({ lease: 900 })
        .handle('sweep', async () => {
          calls += 1;
          await end.promise;
        })
        .start();
    await add('yard');
    const leaseEnd = async () => (await rows())[0]?.lease_until ?? 0;
    await expect.poll(leaseEnd).toBeGreaterThan(0);
    const first = await leaseEnd();
    // Its lease would have ended by then, and the other looks.
    await expect.poll(leaseEnd).toBeGreaterThan(first + 900);
    await add('another');
    await expect.poll(() => calls).toBe(2);
    end.resolve();
    await expect.poll(rows).toEqual([]);
    expect(calls).toBe(2);
  });

  test('stop waits for what runs, tells it so, and takes nothing new', async () => {
    const done: string[] = [];
    const begin = Promise.withResolvers<void>();
    const only = worker().handle('sweep', async ({ key }, signal) => {
      begin.resolve();
      await wait(100);
      done.push(`${key} ${signal.aborted}`);
    });
    await only.start();
    await add('first');
    await begin.promise;
    const stopped = only.stop();
    await add('second');
    await stopped;
    expect(done).toEqual(['first true']);
    expect(await rows()).toMatchObject([{ key: 'second', attempts: 0 }]);
  });

  test('work that was interrupted by the stop is due for the next server at once, and is no failure', async () => {
    const reports: string[] = [];
    const begin = Promise.withResolvers<void>();
    const only = worker({ report: (message) => reports.push(message) }).handle(
      'sweep',
      async (_work, signal) => {
        begin.resolve();
        await wait(10_000, null, { signal });
      },
    );
    await only.start();
    await add('yard');
    await begin.promise;
    await only.stop();
    expect(await rows()).toMatchObject([{ last_error: null, lease_until: null, attempts: 0 }]);
    expect((await rows())[0]?.due_at).toBeLessThanOrEqual(Date.now());
    expect(reports).toEqual([]);
  });
});
