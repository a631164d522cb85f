import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import type { Database } from '../db/database.ts';
import { addWork, leaseWork, removeWork } from './work-store.ts';
import { Worker, type WorkerOptions } from './worker.ts';

describe.each(databases)('durable work on %s', (kind) => {
  let db: Database;
  let workers: Worker[];

  beforeEach(async () => {
    db = await openTestDatabase(kind);
    workers = [];
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
  });

  const worker = (options: WorkerOptions = {}) => {
    const made = new Worker(db, options);
    workers.push(made);
    return made;
  };
  const add = (key: string, due_at = 0, payload: object = {}) =>
    db.write((tx) => addWork(tx, { kind: 'sweep', key, due_at, payload }));
  const rows = () => db.read.selectFrom('work').selectAll().orderBy('id').execute();

  test('work is done right after the commit that added it, once, with its payload', async () => {
    const done: unknown[] = [];
    await worker()
      .handle('sweep', async (work) => void done.push(work))
      .start();
    const begun = performance.now();
    await add('yard', 0, { brooms: 2 });
    await expect.poll(() => done).toEqual([{ key: 'yard', payload: { brooms: 2 }, attempts: 1 }]);
    expect(performance.now() - begun).toBeLessThan(1_000);
    await expect.poll(rows).toEqual([]);
    await wait(50);
    expect(done).toHaveLength(1);
  });

  test('work of a transaction that is rolled back never happens', async () => {
    const done: string[] = [];
    await worker()
      .handle('sweep', async ({ key }) => void done.push(key))
      .start();
    const failing = db.write(async (tx) => {
      await addWork(tx, { kind: 'sweep', key: 'never', due_at: 0 });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await add('ever');
    await expect.poll(() => done).toEqual(['ever']);
  });

  test('work that is due later waits until then, and no longer', async () => {
    const done: number[] = [];
    await worker()
      .handle('sweep', async () => void done.push(Date.now()))
      .start();
    const due = Date.now() + 300;
    await add('later', due);
    await expect.poll(() => done).toHaveLength(1);
    expect(done[0]).toBeGreaterThanOrEqual(due);
    expect(done[0]).toBeLessThan(due + 250);
  });

  test('work added before the start is done after it, and unknown kinds are left alone', async () => {
    await add('waiting');
    await db.write((tx) => addWork(tx, { kind: 'of a newer server', key: 'x', due_at: 0 }));
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
    await expect.poll(() => tries, { timeout: 5_000 }).toBe(2);
    await expect.poll(rows).toEqual([]);
  });

  test('the same work added twice is one, and the later due time counts', async () => {
    await add('yard', 5);
    await add('yard', Date.now() + 60_000);
    expect(await rows()).toHaveLength(1);
    expect((await rows())[0]?.due_at).toBeGreaterThan(Date.now());
    expect(await db.write((tx) => removeWork(tx, 'sweep', 'yard'))).toBe(true);
    expect(await db.write((tx) => removeWork(tx, 'sweep', 'yard'))).toBe(false);
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
    await expect.poll(rows, { timeout: 10_000 }).toEqual([]);
    expect(done.map((text) => text.slice(2)).toSorted()).toEqual(
      Array.from({ length: 60 }, (_, index) => `yard ${index}`).toSorted(),
    );
  });

  test('work of a server that died is taken over when its lease ends, not before', async () => {
    await add('yard');
    const now = Date.now();
    const lost = await leaseWork(db, { kind: 'sweep', now, lease_until: now + 400, limit: 5 });
    expect(lost.map((work) => work.key)).toEqual(['yard']);
    const again = () => leaseWork(db, { kind: 'sweep', now: Date.now(), lease_until: now + 800, limit: 5 });
    expect(await again()).toEqual([]);
    await wait(420);
    expect(await again()).toMatchObject([{ key: 'yard', attempts: 2 }]);
  });

  test.runIf(kind === 'sqlite')(
    'the only server that can be does not wait for the leases of its former life',
    async () => {
      await add('yard');
      const now = Date.now();
      await leaseWork(db, { kind: 'sweep', now, lease_until: now + 60_000, limit: 5 });
      const done: string[] = [];
      await worker()
        .handle('sweep', async ({ key }) => void done.push(key))
        .start();
      await expect.poll(() => done).toEqual(['yard']);
    },
  );

  test('a long handler keeps its lease', async () => {
    let calls = 0;
    for (let index = 0; index < 2; index += 1)
      await worker({ lease: 150 })
        .handle('sweep', async () => {
          calls += 1;
          await wait(600);
        })
        .start();
    await add('yard');
    await expect.poll(rows, { timeout: 3_000 }).toEqual([]);
    expect(calls).toBe(1);
  });

  test('no more handlers run at once than allowed', async () => {
    let running = 0;
    let most = 0;
    const handler = async () => {
      most = Math.max(most, (running += 1));
      await wait(20);
      running -= 1;
    };
    const kinds = ['sweep', 'mop', 'dust', 'air'];
    const busy = worker({ concurrency: 3 });
    for (const each of kinds) busy.handle(each, handler);
    await busy.start();
    await db.write(async (tx) => {
      for (let index = 0; index < 8; index += 1)
        await addWork(tx, { kind: kinds[index % 4]!, key: `yard ${index}`, due_at: 0 });
    });
    await expect.poll(rows, { timeout: 5_000 }).toEqual([]);
    expect(most).toBe(3);
  });

  test('work of two slow kinds leaves places to the others', async () => {
    const slow = Promise.withResolvers<void>();
    const done: string[] = [];
    const endless = async (_work: unknown, signal: AbortSignal) => {
      signal.addEventListener('abort', () => slow.resolve());
      await slow.promise;
    };
    await worker({ concurrency: 6 })
      .handle('sweep', endless)
      .handle('mop', endless)
      .handle('ring', async ({ key }) => void done.push(key))
      .start();
    await db.write(async (tx) => {
      for (let index = 0; index < 10; index += 1)
        for (const each of ['sweep', 'mop'])
          await addWork(tx, { kind: each, key: `yard ${index}`, due_at: 0 });
    });
    await expect.poll(async () => (await rows()).filter(({ attempts }) => attempts > 0)).toHaveLength(4);
    await db.write((tx) => addWork(tx, { kind: 'ring', key: 'bell', due_at: 1 }));
    await expect.poll(() => done).toEqual(['bell']);
    slow.resolve();
    await expect.poll(rows, { timeout: 5_000 }).toEqual([]);
  });

  // SQLite has one writer: there nobody finds a row that another transaction holds.
  test.runIf(kind === 'postgres')('a row that somebody holds keeps no other work waiting', async () => {
    const done: string[] = [];
    const [held, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await add('held');
    const holder = db.write(async (tx) => {
      await addWork(tx, { kind: 'sweep', key: 'held', due_at: 0 });
      held.resolve();
      await end.promise;
    });
    await held.promise;
    await worker()
      .handle('sweep', async ({ key }) => void done.push(key))
      .handle('ring', async ({ key }) => void done.push(key))
      .start();
    await db.write((tx) => addWork(tx, { kind: 'ring', key: 'bell', due_at: 1 }));
    try {
      await expect.poll(() => done).toEqual(['bell']);
    } finally {
      end.resolve();
      await holder;
    }
    await expect.poll(() => done).toEqual(['bell', 'held']);
  });

  test('repeating work comes within its interval though the clock is set back', async () => {
    let ahead = 3_600_000;
    let times = 0;
    const start = () =>
      worker({ clock: () => Date.now() + ahead })
        .handle('sweep', async () => {})
        .addRepeating('tidy', 100, async () => void (times += 1))
        .start();
    await start();
    await expect.poll(() => times).toBeGreaterThan(1);
    ahead = 0;
    await add('wakes it');
    const before = times;
    await expect.poll(() => times, { timeout: 5_000 }).toBeGreaterThan(before + 1);
    await workers[0]?.stop();
    await db.write((tx) =>
      tx
        .updateTable('work')
        .set({ due_at: Date.now() + 3_600_000 })
        .execute(),
    );
    const stopped = times;
    await start();
    await expect.poll(() => times, { timeout: 5_000 }).toBeGreaterThan(stopped);
  });

  test('what waits does so no longer though the clock is set back, and others are told', async () => {
    let ahead = 3_600_000;
    const [done, told]: [string[], number[]] = [[], []];
    const now = () => Date.now() + ahead;
    await worker({ clock: now })
      .handle('sweep', async ({ key }) => void done.push(key))
      .onSetBack(async (_tx, by) => void told.push(by))
      .start();
    await add('soon', now() + 500);
    await add('late', now() + 5_000_000);
    ahead = 0;
    await add('wakes it');
    await expect.poll(() => done.toSorted()).toEqual(['soon', 'wakes it']);
    expect(told.map((by) => Math.round(by / 60_000))).toEqual([60]);
    const late = (await rows()).find(({ key }) => key === 'late');
    expect(Math.round((late!.due_at - Date.now()) / 1_000_000)).toBe(5);
  });

  test('what is being done is not begun again though the clock is set forward', async () => {
    let ahead = 0;
    const done: string[] = [];
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await worker({ clock: () => Date.now() + ahead, lease: 3_000 })
      .handle('sweep', async ({ key }) => {
        done.push(key);
        begun.resolve();
        if (key === 'long') await end.promise;
      })
      .start();
    await add('long');
    await begun.promise;
    ahead = 3_600_000;
    await add('wakes it');
    await expect.poll(() => done).toContain('wakes it');
    await wait(300);
    expect(done).toEqual(['long', 'wakes it']);
    end.resolve();
    await expect.poll(rows).toEqual([]);
  });

  test('repeating work comes again and again, also after a failure, and survives a restart as one row', async () => {
    let times = 0;
    const start = () =>
      worker()
        .addRepeating('tidy', 60, async () => {
          times += 1;
          if (times === 2) throw new Error('once');
        })
        .start();
    await start();
    await expect.poll(() => times, { timeout: 5_000 }).toBeGreaterThan(3);
    await workers[0]?.stop();
    await start();
    expect(await rows()).toHaveLength(1);
    const before = times;
    await expect.poll(() => times, { timeout: 5_000 }).toBeGreaterThan(before);
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
