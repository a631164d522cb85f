import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { workersOn } from '../../test/support/workers.ts';
import { addWork } from './work-store.ts';

describe.each(databases)('much durable work at once, on %s:', (kind) => {
  const { db, worker, add, rows } = workersOn(kind);

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
    await db().write(async (tx) => {
      for (let index = 0; index < 8; index += 1)
        await addWork(tx, { kind: kinds[index % 4]!, key: `yard ${index}`, due_at: 0 });
    });
    await expect.poll(rows).toEqual([]);
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
    await db().write(async (tx) => {
      for (let index = 0; index < 10; index += 1)
        for (const each of ['sweep', 'mop'])
          await addWork(tx, { kind: each, key: `yard ${index}`, due_at: 0 });
    });
    await expect.poll(async () => (await rows()).filter(({ attempts }) => attempts > 0)).toHaveLength(4);
    await db().write((tx) => addWork(tx, { kind: 'ring', key: 'bell', due_at: 1 }));
    await expect.poll(() => done).toEqual(['bell']);
    slow.resolve();
    await expect.poll(rows).toEqual([]);
  });

  // SQLite has one writer: there nobody finds a row that another transaction holds.
  test.runIf(kind === 'postgres')('a row that somebody holds keeps no other work waiting', async () => {
    const done: string[] = [];
    const [held, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await add('held');
    const holder = db().write(async (tx) => {
      await addWork(tx, { kind: 'sweep', key: 'held', due_at: 0 });
      held.resolve();
      await end.promise;
    });
    await held.promise;
    await worker()
      .handle('sweep', async ({ key }) => void done.push(key))
      .handle('ring', async ({ key }) => void done.push(key))
      .start();
    await db().write((tx) => addWork(tx, { kind: 'ring', key: 'bell', due_at: 1 }));
    try {
      await expect.poll(() => done).toEqual(['bell']);
    } finally {
      end.resolve();
      await holder;
    }
    await expect.poll(() => done).toEqual(['bell', 'held']);
  });
});
