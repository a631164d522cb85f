import { type ExpressionBuilder, type Kysely, type RawBuilder, sql } from 'kysely';
import { padded, runCompiled, slot } from '../db/compiled.ts';
import type { Database, Transaction } from '../db/database.ts';
import { forUpdateSkipLocked } from '../db/dialect.ts';
import { portions } from '../db/portions.ts';
import type { QueuedProjects } from '../db/rows/jobs.ts';
import type { Tables } from '../db/schema.ts';
import { type MatchedJob, type MatchedRunner, mayTake } from './match-runner.ts';

/**
 * Whose jobs are next. Jobs that are equal to a runner (same scope, tags and protection) make a group; in each
 * group those of the highest priority come first, and among these the projects take turns, so that one
 * project's thousands of jobs hold up another's single one by one job at most. A row of queued_projects is a
 * project in a group. It may outlive its last job for a while: whoever finds it empty removes it.
 */

/** The column by which the projects of a runner's scope are found; each begins an index. */
const SCOPES = {
  instance_type: 'shared_runners_enabled',
  group_type: 'namespace_id',
  project_type: 'project_id',
} as const;

interface Group extends MatchedJob {
  scope_id: number;
}

/** A project whose turn it is, for its jobs of these tags, protection and priority. */
export type Turn = Pick<QueuedProjects, 'project_id' | 'tag_list' | 'protected' | 'priority' | 'turn'>;

/** So many projects of a group are looked at: the jobs of the first may all be in pipelines that others hold. */
const TURNS_A_GROUP = 4;
const GROUPS_AT_ONCE = 32;

/**
 * The next projects of each group that the runner may take jobs of, the first in order at the front. Reads a few
 * index entries a group, however many jobs wait.
 */
export async function fittingTurns(db: Kysely<Tables>, runner: MatchedRunner): Promise<Turn[]> {
  const lists = await waitingTagLists(db, runner);
  const groups = lists
    .flatMap((list): Group[] => [
      { ...list, protected: 0 },
      { ...list, protected: 1 },
    ])
    .filter((group) => mayTake(runner, group));
  const turns: Turn[] = [];
  for (const some of portions(groups, GROUPS_AT_ONCE)) turns.push(...(await turnsOf(db, runner, some)));
  return turns.toSorted((a, b) => b.priority - a.priority || a.turn - b.turn || a.project_id - b.project_id);
}

/** The distinct tag lists that wait in each part of the runner's scope, skipping along the index. */
async function waitingTagLists(
  db: Kysely<Tables>,
  runner: MatchedRunner,
): Promise<Omit<Group, 'protected'>[]> {
  const column = sql.ref(SCOPES[runner.runner_type]);
  const { rows } = await sql<Omit<Group, 'protected'>>`
    WITH RECURSIVE scope (id) AS (${scopeOf(runner)}),
    lists (scope_id, tag_list) AS (
      SELECT scope.id, (SELECT min(tag_list) FROM queued_projects WHERE ${column} = scope.id) FROM scope
      UNION ALL
      SELECT scope_id, (SELECT min(queued_projects.tag_list) FROM queued_projects
        WHERE ${column} = lists.scope_id AND queued_projects.tag_list > lists.tag_list)
      FROM lists WHERE tag_list IS NOT NULL
    )
    SELECT scope_id, tag_list FROM lists WHERE tag_list IS NOT NULL`.execute(db);
  return rows;
}

function scopeOf(runner: MatchedRunner): RawBuilder<unknown> {
  if (runner.runner_type === 'instance_type') return sql`SELECT 1`;
  if (runner.runner_type === 'project_type')
    return sql`SELECT project_id FROM runner_projects WHERE runner_id = ${runner.id}`;
  return sql`SELECT namespace_id FROM runner_namespaces WHERE runner_id = ${runner.id}
    UNION SELECT namespaces.id FROM namespaces INNER JOIN scope ON namespaces.parent_id = scope.id`;
}

async function turnsOf(db: Kysely<Tables>, runner: MatchedRunner, groups: readonly Group[]): Promise<Turn[]> {
  const indices = padded(groups.map((_, index) => index));
  const values: Record<string, unknown> = {};
  indices.forEach((index, at) => {
    const group = groups[index];
    values[`scope${at}`] = group?.scope_id;
    values[`tags${at}`] = group?.tag_list;
    values[`protected${at}`] = group?.protected;
  });
  const build = () => {
    const heads = indices.map((_, at) =>
      db
        .selectFrom(
          db
            .selectFrom('queued_projects')
            .select(['project_id', 'tag_list', 'protected', 'priority', 'turn'])
            .where(SCOPES[runner.runner_type], '=', slot<number>(`scope${at}`))
            .where('tag_list', '=', slot<string>(`tags${at}`))
            .where('protected', '=', slot<0 | 1>(`protected${at}`))
            .$if(runner.runner_type === 'instance_type', (turns) => turns.where(takesInstanceRunners))
            .orderBy('priority', 'desc')
            .orderBy('turn')
            .orderBy('project_id')
            .limit(TURNS_A_GROUP)
            .as(`head${at}`),
        )
        .selectAll(),
    );
    const [first, ...others] = heads;
    if (!first) throw new Error('no group');
    return others.reduce((union, each) => union.unionAll(each), first);
  };
  const rows = await runCompiled(db, `turns ${runner.runner_type} ${indices.length}`, build, values);
  const keyOf = ({ project_id, tag_list, protected: level, priority }: Turn) =>
    `${project_id} ${level} ${priority} ${tag_list}`;
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}

/** A project that refused them while its jobs entered may stand there as if it had not: tidyTurns sees to it. */
const takesInstanceRunners = (eb: ExpressionBuilder<Tables, 'queued_projects'>) =>
  eb.exists(
    eb
      .selectFrom('projects')
      .select('projects.id')
      .whereRef('projects.id', '=', 'queued_projects.project_id')
      .where('projects.shared_runners_enabled', '=', 1),
  );

/** The project was served: it stands behind all others now. Rows that somebody holds keep their place. */
export async function passTurn(tx: Transaction, projectId: number): Promise<void> {
  const mine = () =>
    forUpdateSkipLocked(
      tx,
      tx
        .selectFrom('queued_projects')
        .select(['tag_list', 'protected', 'priority'])
        .where('project_id', '=', slot<number>('project_id')),
    );
  const pass = () =>
    tx
      .updateTable('queued_projects')
      .set({ turn: sql<number>`(SELECT max(turn) + 1 FROM queued_projects)` })
      .where('project_id', '=', slot<number>('project_id'))
      .where((eb) =>
        eb(
          eb.refTuple('tag_list', 'protected', 'priority'),
          'in',
          mine().$asTuple('tag_list', 'protected', 'priority'),
        ),
      )
      .returning('turn');
  await runCompiled(tx, 'pass the turn', pass, { project_id: projectId });
}

/**
 * Removes the row if no job stands behind it. A job that enters meanwhile holds the row, and then it is left; so
 * the look comes in a statement of its own, after the lock.
 */
export async function forgetIfEmpty(tx: Transaction, turn: Omit<Turn, 'turn'>): Promise<void> {
  const { project_id, tag_list, protected: level, priority } = turn;
  const row = tx
    .selectFrom('queued_projects')
    .select('turn')
    .where('project_id', '=', project_id)
    .where('tag_list', '=', tag_list)
    .where('protected', '=', level)
    .where('priority', '=', priority);
  if (!(await forUpdateSkipLocked(tx, row).executeTakeFirst())) return;
  await sql`DELETE FROM queued_projects
    WHERE project_id = ${project_id} AND tag_list = ${tag_list} AND protected = ${level} AND priority = ${priority}
      AND NOT EXISTS (SELECT 1 FROM job_queue
        WHERE job_queue.project_id = ${project_id} AND job_queue.tag_list = ${tag_list}
          AND job_queue.protected = ${level} AND job_queue.priority = ${priority})`.execute(tx);
}

const AT_ONCE = 200;

/**
 * Removes the rows that no runner comes upon, such as those of tags that no runner has, and brings those to their
 * project's namespace and settings that were written while these changed.
 */
export async function tidyTurns(db: Database): Promise<void> {
  await db.write((tx) =>
    sql`UPDATE queued_projects SET (namespace_id, shared_runners_enabled) =
      (SELECT namespace_id, shared_runners_enabled FROM projects WHERE id = queued_projects.project_id)
      WHERE EXISTS (SELECT 1 FROM projects WHERE id = queued_projects.project_id
        AND (namespace_id <> queued_projects.namespace_id
          OR shared_runners_enabled <> queued_projects.shared_runners_enabled))`.execute(tx),
  );
  await removeEmpty(db);
}

async function removeEmpty(db: Database): Promise<void> {
  const { rows } = await sql<Turn>`SELECT * FROM queued_projects WHERE NOT EXISTS (SELECT 1 FROM job_queue
    WHERE job_queue.project_id = queued_projects.project_id AND job_queue.tag_list = queued_projects.tag_list
      AND job_queue.protected = queued_projects.protected AND job_queue.priority = queued_projects.priority)
    ORDER BY turn LIMIT ${AT_ONCE}`.execute(db.read);
  for (const row of rows) await db.write((tx) => forgetIfEmpty(tx, row));
  if (rows.length === AT_ONCE) await removeEmpty(db);
}
