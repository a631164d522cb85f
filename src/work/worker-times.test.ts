import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { workersOn } from '../../test/support/workers.ts';

describe.each(databases)('durable work by the clock, on %s,', (kind) => {
  const { db, workers, worker, add, rows } = workersOn(kind);

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
    await expect.poll(() => times).toBeGreaterThan(before + 1);
    await workers[0]?.stop();
    await db().write((tx) =>
      tx
        .updateTable('work')
        .set({ due_at: Date.now() + 3_600_000 })
        .execute(),
    );
    const stopped = times;
    await start();
    await expect.poll(() => times).toBeGreaterThan(stopped);
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
    await expect.poll(() => times).toBeGreaterThan(3);
    await workers[0]?.stop();
    await start();
    expect(await rows()).toHaveLength(1);
    const before = times;
    await expect.poll(() => times).toBeGreaterThan(before);
  });
});
