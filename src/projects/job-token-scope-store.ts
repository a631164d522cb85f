import { type Kysely, type Selectable, sql } from 'kysely';
import type { Transaction } from '../db/database.ts';
import { type Page, type PageRequest, readPage } from '../db/read-page.ts';
import type { Namespaces, Projects } from '../db/rows/projects.ts';
import type { Tables } from '../db/schema.ts';

type Read = Kysely<Tables>;

/** The tables of the two allowlists: whose jobs' tokens reach the project `source_project_id`. */
const LINKS = {
  project: { table: 'job_token_project_links', target: 'target_project_id' },
  group: { table: 'job_token_group_links', target: 'target_group_id' },
} as const;
export type LinkKind = keyof typeof LINKS;

/**
 * Whether the token of a job of the project `from` counts as its user on the project `to`: that asks for no list, or
 * lists the other one or a group above it.
 */
export async function isInJobTokenScope(
  db: Read,
  from: number,
  to: Pick<Selectable<Projects>, 'id' | 'ci_inbound_job_token_scope_enabled'>,
): Promise<boolean> {
  if (from === to.id || to.ci_inbound_job_token_scope_enabled === 0) return true;
  const { rows } = await sql`
    WITH RECURSIVE above (id) AS (
      SELECT namespace_id FROM projects WHERE id = ${from}
      UNION SELECT namespaces.parent_id FROM namespaces INNER JOIN above ON namespaces.id = above.id
        WHERE namespaces.parent_id IS NOT NULL
    )
    SELECT 1 AS found FROM job_token_project_links
      WHERE source_project_id = ${to.id} AND target_project_id = ${from}
    UNION ALL SELECT 1 FROM job_token_group_links
      WHERE source_project_id = ${to.id} AND target_group_id IN (SELECT id FROM above)
    LIMIT 1`.execute(db);
  return rows.length > 0;
}

/** The projects whose jobs reach this one: itself, and those that are listed. */
export async function listAllowedProjects(
  db: Read,
  id: number,
  request: PageRequest,
): Promise<Page<Selectable<Projects>>> {
  const rows = db
    .selectFrom('projects')
    .selectAll()
    .where('deleted_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('id', '=', id),
        eb(
          'id',
          'in',
          eb
            .selectFrom('job_token_project_links')
            .select('target_project_id')
            .where('source_project_id', '=', id),
        ),
      ]),
    );
  return await readPage(db, rows, request, { column: 'id', of: (row) => row.id });
}

/** The groups whose projects' jobs reach this one. */
export async function listAllowedGroups(
  db: Read,
  id: number,
  request: PageRequest,
): Promise<Page<Selectable<Namespaces>>> {
  const rows = db
    .selectFrom('namespaces')
    .selectAll()
    .where('deleted_at', 'is', null)
    .where((eb) =>
      eb(
        'id',
        'in',
        eb.selectFrom('job_token_group_links').select('target_group_id').where('source_project_id', '=', id),
      ),
    );
  return await readPage(db, rows, request, { column: 'id', of: (row) => row.id });
}

/** How many are listed. */
export async function countAllowed(db: Read, kind: LinkKind, id: number): Promise<number> {
  const { count } = await db
    .selectFrom(LINKS[kind].table)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('source_project_id', '=', id)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** False: it is listed already. */
export async function allow(tx: Transaction, kind: LinkKind, id: number, target: number): Promise<boolean> {
  const { table, target: column } = LINKS[kind];
  const { rows } = await sql`INSERT INTO ${sql.table(table)} (source_project_id, ${sql.ref(column)})
    VALUES (${id}, ${target}) ON CONFLICT DO NOTHING RETURNING source_project_id`.execute(tx);
  return rows.length > 0;
}

/** False: it is not listed. */
export async function disallow(
  tx: Transaction,
  kind: LinkKind,
  id: number,
  target: number,
): Promise<boolean> {
  const { table, target: column } = LINKS[kind];
  const { rows } = await sql`DELETE FROM ${sql.table(table)}
    WHERE source_project_id = ${id} AND ${sql.ref(column)} = ${target} RETURNING source_project_id`.execute(
    tx,
  );
  return rows.length > 0;
}
