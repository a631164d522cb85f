import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openTestDatabase } from '../../test/support/test-database.ts';
import { asStatement, runCompiled, slot } from './compiled.ts';

test('of statements without end only so many are kept, and the others are built again', async () => {
  const db = await openTestDatabase('sqlite');
  const built: number[] = [];
  const run = async (number: number) => {
    const build = () => {
      built.push(number);
      return asStatement<{ value: number }>(db.read, sql`SELECT ${slot('value')} + 0 AS value`);
    };
    return await runCompiled(db.read, `statement ${number}`, build, { value: number });
  };
  for (let number = 1; number <= 5000; number++) expect(await run(number)).toEqual([{ value: number }]);
  built.length = 0;
  for (const number of [5000, 4999, 1, 1]) expect(await run(number)).toEqual([{ value: number }]);
  expect(built).toEqual([1]);
});
