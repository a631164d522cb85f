import type { Kysely, Selectable } from 'kysely';
import type { Page, PageRequest } from '../db/read-page.ts';
import type { UnitTests } from '../db/rows/reports.ts';
import type { Tables } from '../db/schema.ts';

export type UnitTest = Selectable<UnitTests>;

/** Whole names; what is not given does not matter. */
export interface UnitTestFilter {
  suite_name?: string | undefined;
  classname?: string | undefined;
  name?: string | undefined;
}

/** Tests of a project, the flakiest first. There are no totals: nobody counts what one pipeline may double. */
export async function listUnitTests(
  db: Kysely<Tables>,
  project_id: number,
  filter: UnitTestFilter,
  { offset, limit }: PageRequest,
): Promise<Page<UnitTest>> {
  let query = db.selectFrom('unit_tests').selectAll().where('project_id', '=', project_id);
  for (const column of ['suite_name', 'classname', 'name'] as const) {
    const wanted = filter[column];
    if (wanted !== undefined) query = query.where(column, '=', wanted);
  }
  const rows = await query
    .orderBy('flaky_score', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .offset(offset)
    .execute();
  return {
    items: rows.slice(0, limit),
    next: rows.length > limit ? offset + limit : null,
    total: null,
  };
}
