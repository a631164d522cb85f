import { type Kysely, type Selectable, sql } from 'kysely';
import { padded } from '../db/compiled.ts';
import type { Namespaces, Projects } from '../db/rows/projects.ts';
import type { Tables } from '../db/schema.ts';
import { type Busy, memberOf, projectsOf, type RunnerRow, withSurroundings } from './runner-list-store.ts';
import type { Runner, RunnerManager } from './runner-store.ts';

type Read = Kysely<Tables>;

const IDENTITY = [
  'id',
  'description',
  'name',
  'name_with_namespace',
  'path',
  'path_with_namespace',
  'created_at',
] as const;
/** What is told of a project to whoever may see it. */
export type ProjectIdentity = Pick<Selectable<Projects>, (typeof IDENTITY)[number]>;

/** A runner with what its own page shows. */
export type RunnerDetailsRow = RunnerRow & {
  /** The machine heard of last. */
  manager: RunnerManager | null;
  projects: ProjectIdentity[];
  groups: Pick<Selectable<Namespaces>, 'id' | 'name' | 'full_path'>[];
};

/** Who reads; `today` is `YYYY-MM-DD`. */
export interface Reader {
  user_id: number;
  today: string;
}

/** Projects and machines shown of one runner. */
const SHOWN = 1000;

/** The runner as its own page shows it to `reader`: with those of its projects and groups the reader is in. Null reader: all. */
export async function readRunnerDetails(
  db: Read,
  row: Runner,
  reader: Reader | null,
): Promise<RunnerDetailsRow> {
  const mine = reader && projectsOf(reader.user_id, reader.today, 10);
  const ours =
    reader && sql`${memberOf(reader.user_id, reader.today)} SELECT id FROM member_of WHERE level >= 10`;
  const [basic, manager, projects, groups] = await Promise.all([
    withSurroundings(db, [row]),
    db
      .selectFrom('runner_managers')
      .selectAll()
      .where('runner_id', '=', row.id)
      .orderBy('contacted_at', 'desc')
      .limit(1)
      .executeTakeFirst(),
    db
      .selectFrom('projects')
      .select(IDENTITY)
      .where(
        sql<boolean>`id IN (SELECT project_id FROM runner_projects WHERE runner_id = ${row.id}) AND deleted_at IS NULL`,
      )
      .where(mine ? sql<boolean>`id IN (${mine})` : sql<boolean>`1 = 1`)
      .orderBy('id')
      .limit(SHOWN)
      .execute(),
    db
      .selectFrom('namespaces')
      .select(['id', 'name', 'full_path'])
      .where(sql<boolean>`id IN (SELECT namespace_id FROM runner_namespaces WHERE runner_id = ${row.id})`)
      .where(ours ? sql<boolean>`id IN (${ours})` : sql<boolean>`1 = 1`)
      .execute(),
  ]);
  const [first] = basic;
  if (!first) throw new Error('no runner');
  return { ...first, manager: manager ?? null, projects, groups };
}

/** Of each of these runners the machine heard of last, by the runner's id. */
export async function newestManagers(
  db: Read,
  runnerIds: readonly number[],
): Promise<Map<number, RunnerManager>> {
  if (runnerIds.length === 0) return new Map();
  const newest = sql`SELECT (SELECT id FROM runner_managers WHERE runner_id = runners.id
    ORDER BY contacted_at DESC, id DESC LIMIT 1) FROM runners WHERE id IN (${sql.join(padded(runnerIds))})`;
  const rows = await db
    .selectFrom('runner_managers')
    .selectAll()
    .where(sql<boolean>`id IN (${newest})`)
    .execute();
  return new Map(rows.map((row) => [row.runner_id, row]));
}

/** Those of the projects on which `reader` is at least a reporter; all of them for a null reader. */
export async function projectsAmong(
  db: Read,
  ids: readonly number[],
  reader: Reader | null,
): Promise<ProjectIdentity[]> {
  if (ids.length === 0) return [];
  const mine = reader && projectsOf(reader.user_id, reader.today, 20);
  return db
    .selectFrom('projects')
    .select(IDENTITY)
    .where('id', 'in', padded(ids))
    .where(mine ? sql<boolean>`id IN (${mine})` : sql<boolean>`1 = 1`)
    .execute();
}

/** The machines of a runner, the one heard of last first. */
export async function listManagers(db: Read, runnerId: number): Promise<(RunnerManager & Busy)[]> {
  const [managers, busy] = await Promise.all([
    db
      .selectFrom('runner_managers')
      .selectAll()
      .where('runner_id', '=', runnerId)
      .orderBy('id', 'desc')
      .limit(SHOWN)
      .execute(),
    db
      .selectFrom('jobs')
      .select('runner_manager_id')
      .distinct()
      .where('runner_id', '=', runnerId)
      .where(sql<boolean>`status IN ('running', 'canceling')`)
      .execute(),
  ]);
  const ids = new Set(busy.map((row) => row.runner_manager_id));
  return managers.map((row) => ({ ...row, job_execution_status: ids.has(row.id) ? 'active' : 'idle' }));
}

/**
 * The highest access level that a user has where the runner belongs: on one of its projects, or in its
 * group; 0 for none, and for an instance's runner.
 */
export async function levelOnRunner(
  db: Read,
  runnerId: number,
  userId: number,
  today: string,
): Promise<number> {
  return (await levelsOnRunners(db, [runnerId], userId, today)).get(runnerId) ?? 0;
}

/** The same for several, by their ids; absent for none. */
export async function levelsOnRunners(
  db: Read,
  runnerIds: readonly number[],
  userId: number,
  today: string,
): Promise<Map<number, number>> {
  if (runnerIds.length === 0) return new Map();
  const ids = sql.join(padded(runnerIds));
  const { rows } = await sql<{ runner_id: number; level: number }>`${memberOf(userId, today)}
    SELECT runner_id, max(level) AS level FROM (
      SELECT runner_id, level FROM member_of
        INNER JOIN runner_namespaces ON runner_namespaces.namespace_id = member_of.id
        WHERE runner_id IN (${ids})
      UNION ALL
      SELECT runner_id, level FROM runner_projects
        INNER JOIN projects ON projects.id = runner_projects.project_id
        INNER JOIN member_of ON member_of.id = projects.namespace_id
        WHERE runner_id IN (${ids})
      UNION ALL
      SELECT runner_id, access_level FROM runner_projects
        INNER JOIN members ON members.project_id = runner_projects.project_id
        WHERE runner_id IN (${ids}) AND user_id = ${userId}
          AND (expires_at IS NULL OR expires_at > ${today})
    ) AS levels GROUP BY runner_id`.execute(db);
  return new Map(rows.map(({ runner_id, level }) => [runner_id, level]));
}

/** Those of the runners that more than one project has. */
export async function sharedAmongProjects(db: Read, runnerIds: readonly number[]): Promise<Set<number>> {
  if (runnerIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('runner_projects')
    .select('runner_id')
    .where('runner_id', 'in', padded(runnerIds))
    .groupBy('runner_id')
    .having((eb) => eb.fn.countAll<number>(), '>', 1)
    .execute();
  return new Set(rows.map(({ runner_id }) => runner_id));
}
