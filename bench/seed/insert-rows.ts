import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../src/db/schema.ts';

/** SQL of the same value in every row. */
export const text = (value: string) => `'${value.replaceAll("'", "''")}'`;

/** SQL of a text that the values of a JSON list share out: the list's item number `index`, counted round. */
export const oneOf = (values: readonly string[], index: string) =>
  `CASE (${index}) % ${values.length} ${values.map((value, at) => `WHEN ${at} THEN ${text(value)}`).join(' ')} END`;

/** SQL of forty digits that end with those of `number`: as good as a commit's SHA. */
export const sha = (number: string) =>
  `substr('${'0'.repeat(40)}', 1, 40 - length(CAST(${number} AS TEXT))) || CAST(${number} AS TEXT)`;

/**
 * Inserts a row for each whole number `i` in the range, both ends included; each column is SQL that both
 * databases understand.
 */
export async function insertRows(
  db: Kysely<Tables>,
  table: string,
  [first, last]: readonly [number, number],
  columns: Record<string, string | number>,
): Promise<void> {
  if (last < first) return;
  const names = Object.keys(columns).map((name) => `"${name}"`);
  const statement = `INSERT INTO ${table} (${names.join(', ')})
    WITH RECURSIVE numbers (i) AS (
      SELECT CAST(${first} AS BIGINT) UNION ALL SELECT i + 1 FROM numbers WHERE i < ${last}
    )
    SELECT ${Object.values(columns).join(', ')} FROM numbers`;
  await sql.raw(statement).execute(db);
}
