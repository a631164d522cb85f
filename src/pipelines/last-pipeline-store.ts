import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import { padded } from '../db/compiled.ts';
import { textRows } from '../db/dialect.ts';
import type { Pipelines } from '../db/rows/pipelines.ts';
import type { Tables } from '../db/schema.ts';
import { DANGLING } from './pipeline-store.ts';

const COLUMNS = [
  'id',
  'iid',
  'project_id',
  'sha',
  'ref',
  'status',
  'source',
  'name',
  'warnings',
  'created_at',
  'updated_at',
] as const;

/** A pipeline as lists of other things show it. */
export type LastPipeline = Pick<Selectable<Pipelines>, (typeof COLUMNS)[number]>;

const newest = (condition: RawBuilder<unknown>) =>
  sql`SELECT id FROM pipelines WHERE ${condition} ORDER BY id DESC LIMIT 1`;

/** The pipelines of these ids, which a statement tells. */
const among = (db: Kysely<Tables>, ids: RawBuilder<unknown>): Promise<LastPipeline[]> =>
  db
    .selectFrom('pipelines')
    .select(COLUMNS)
    .where(sql<boolean>`id IN (${ids})`)
    .execute();

/** The newest pipeline of each project that is nobody's child: one statement, a step down an index for each. */
export async function lastOfProjects(
  db: Kysely<Tables>,
  projectIds: readonly number[],
): Promise<Map<number, LastPipeline>> {
  if (projectIds.length === 0) return new Map();
  const ofProject = newest(sql`project_id = projects.id AND source <> 'parent_pipeline'`);
  const rows = await among(
    db,
    sql`SELECT (${ofProject}) FROM projects WHERE id IN (${sql.join(padded(projectIds))})`,
  );
  return new Map(rows.map((row) => [row.project_id, row]));
}

/** The newest pipeline of each of these commits that is nobody's child, by SHA: likewise. */
export async function lastOfCommits(
  db: Kysely<Tables>,
  project_id: number,
  shas: readonly string[],
): Promise<Map<string, LastPipeline>> {
  if (shas.length === 0) return new Map();
  const ofCommit = newest(
    sql`project_id = ${project_id} AND sha = given.value AND source <> 'parent_pipeline'`,
  );
  const rows = await among(db, sql`SELECT (${ofCommit}) FROM ${textRows(db, shas)}`);
  return new Map(rows.map((row) => [row.sha, row]));
}

const SHA = 40;

/** The newest pipeline of each of these branches at its commit that says how the branch is, by name: likewise. */
export async function lastOfBranches(
  db: Kysely<Tables>,
  project_id: number,
  branches: readonly { name: string; target: string }[],
): Promise<Map<string, LastPipeline>> {
  if (branches.length === 0) return new Map();
  const texts = branches.map(({ name, target }) => `${target}${name}`);
  const ofBranch = newest(sql`project_id = ${project_id} AND sha = substr(given.value, 1, ${sql.lit(SHA)})
    AND ref = substr(given.value, ${sql.lit(SHA + 1)}) AND tag = 0 AND source NOT IN (${sql.join(DANGLING)})`);
  const rows = await among(db, sql`SELECT (${ofBranch}) FROM ${textRows(db, texts)}`);
  return new Map(rows.map((row) => [row.ref, row]));
}
