import { sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';
import { databases } from '../../test/support/databases.ts';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { addWork } from '../work/work-store.ts';
import { afterCommit, type Database } from './database.ts';

const keysOf = async (db: Database) =>
  (await db.read.selectFrom('work').select('key').orderBy('id').execute()).map(({ key }) => key);
const work = (key: string) => ({ kind: 'any', key, due_at: 1 });

describe.each(databases)('a commit on %s', (kind) => {
  test('stays one when what runs after it fails: a warning tells of that, and the rest follows', async () => {
    const db = await openTestDatabase(kind);
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const heard: string[] = [];
    const answer = await db.write(async (tx) => {
      await addWork(tx, work('a'));
      afterCommit(tx, () => {
        throw new Error('a defect');
      });
      afterCommit(tx, () => heard.push('second'));
      return 'kept';
    });
    expect(answer).toBe('kept');
    expect(heard).toEqual(['second']);
    expect(warned).toHaveBeenCalledWith(new Error('a defect'));
    warned.mockRestore();
    await db.write((tx) => addWork(tx, work('b')));
    expect(await keysOf(db)).toEqual(['a', 'b']);
  });

  test('is not told where there is none, though the failure of a statement was swallowed', async () => {
    const db = await openTestDatabase(kind);
    const told = await db
      .write(async (tx) => {
        await addWork(tx, work('a'));
        await sql`SELECT * FROM nowhere`.execute(tx).catch(() => {});
      })
      .then(
        () => ['a'],
        () => [],
      );
    expect(await keysOf(db)).toEqual(told);
  });
});
