import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import { sql } from 'kysely';
import { digestToken } from '../access/token.ts';
import { runCompiled, slot } from '../db/compiled.ts';
import type { Transaction } from '../db/database.ts';
import type { Time } from '../db/rows/column.ts';
import type { RunnerManagers, RunnerProjects, Runners } from '../db/rows/runners.ts';
import type { Tables } from '../db/schema.ts';
import { noteChange, type RunnerPlaces } from '../events/change.ts';

type Read = Kysely<Tables>;
export type Runner = Selectable<Runners>;
export type RunnerManager = Selectable<RunnerManagers>;

/** The manager's name of a runner that gives none. */
const LEGACY_SYSTEM = '<legacy>';

/** A runner that has shown its token, with what is known of the machine that shows it. */
export interface KnownRunner extends Runner {
  /** Whether it has a project or a group still; always so for an instance's and the built-in one. */
  is_owned: 0 | 1;
  system_id: string;
  manager_id: number | null;
  manager_features: string | null;
  manager_contacted_at: Time | null;
}

/**
 * The runner of this token, however long it is expired, by one indexed read; null when there is none. A token
 * that was exchanged is good until the new one is used; `token_expires_at` is that of the token shown.
 */
export async function findRunnerByToken(
  db: Read,
  token: string,
  system_id: string | undefined,
): Promise<KnownRunner | null> {
  const shown = { token_digest: digestToken(token), system_id: system_id || LEGACY_SYSTEM };
  const runner = await findByDigest(db, 'token_digest', shown);
  if (runner) return runner;
  const exchanged = await findByDigest(db, 'previous_token_digest', shown);
  return exchanged && { ...exchanged, token_expires_at: exchanged.previous_token_expires_at };
}

async function findByDigest(
  db: Read,
  column: 'token_digest' | 'previous_token_digest',
  shown: { token_digest: string; system_id: string },
): Promise<KnownRunner | null> {
  const build = () =>
    db
      .selectFrom('runners')
      .leftJoin('runner_managers', (join) =>
        join
          .onRef('runner_managers.runner_id', '=', 'runners.id')
          .on('runner_managers.system_id', '=', slot<string>('system_id')),
      )
      .selectAll('runners')
      .select([
        'runner_managers.id as manager_id',
        'runner_managers.features as manager_features',
        'runner_managers.contacted_at as manager_contacted_at',
        sql<0 | 1>`CASE WHEN runner_type = 'instance_type' OR built_in = 1
          OR EXISTS (SELECT 1 FROM runner_projects WHERE runner_projects.runner_id = runners.id)
          OR EXISTS (SELECT 1 FROM runner_namespaces WHERE runner_namespaces.runner_id = runners.id)
          THEN 1 ELSE 0 END`.as('is_owned'),
      ])
      .where(column, '=', slot<string>('token_digest'));
  const [row] = await runCompiled(db, `runner by ${column}`, build, shown);
  return row ? { ...row, system_id: shown.system_id } : null;
}

export async function findRunner(db: Read, id: number): Promise<Runner | null> {
  return (await db.selectFrom('runners').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** What decides which jobs a runner gets, and for how long. */
const DECIDING = ['active', 'run_untagged', 'access_level', 'tag_list', 'maximum_timeout'] as const;

type Standing = Pick<Runner, 'id' | (typeof DECIDING)[number] | 'token_digest' | 'previous_token_digest'>;

/** Whether the runner is there with these settings still, and with a token that it had then. */
export async function isUnchanged(db: Read, runner: Standing): Promise<boolean> {
  const build = () =>
    db
      .selectFrom('runners')
      .select([...DECIDING, 'token_digest', 'previous_token_digest'])
      .where('id', '=', slot<number>('id'));
  const [present] = await runCompiled(db, 'standing of a runner', build, { id: runner.id });
  if (!present) return false;
  const known = [runner.token_digest, runner.previous_token_digest];
  const tokens = [present.token_digest, present.previous_token_digest];
  return (
    tokens.some((digest) => digest !== null && known.includes(digest)) &&
    DECIDING.every((column) => present[column] === runner[column])
  );
}

export async function insertRunner(tx: Transaction, runner: Insertable<Runners>): Promise<number> {
  const { id } = await tx.insertInto('runners').values(runner).returning('id').executeTakeFirstOrThrow();
  noteChange(tx, { type: 'runner', id });
  return id;
}

export async function updateRunner(tx: Transaction, id: number, columns: Updateable<Runners>): Promise<void> {
  await tx.updateTable('runners').set(columns).where('id', '=', id).execute();
  noteChange(tx, { type: 'runner', id });
}

/** False: it was gone already. */
export async function deleteRunner(tx: Transaction, id: number): Promise<boolean> {
  const left = await readPlaces(tx, id);
  const { numDeletedRows } = await tx.deleteFrom('runners').where('id', '=', id).executeTakeFirst();
  noteChange(tx, { type: 'runner', id, left, deleted: true });
  return numDeletedRows > 0n;
}

/** Places told of one runner. */
const SOME_PLACES = 50;

/** Where a runner belongs: who may hear that it is gone. */
async function readPlaces(tx: Transaction, runnerId: number): Promise<RunnerPlaces> {
  const projects = tx.selectFrom('runner_projects').select('project_id').where('runner_id', '=', runnerId);
  const groups = tx.selectFrom('runner_namespaces').select('namespace_id').where('runner_id', '=', runnerId);
  return {
    project_ids: (await projects.limit(SOME_PLACES).execute()).map(({ project_id }) => project_id),
    group_ids: (await groups.limit(SOME_PLACES).execute()).map(({ namespace_id }) => namespace_id),
  };
}

/** False: it stands there already. */
export async function insertRunnerProject(tx: Transaction, row: RunnerProjects): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('runner_projects')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  noteChange(tx, { type: 'runner', id: row.runner_id });
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function insertRunnerNamespace(
  tx: Transaction,
  row: { runner_id: number; namespace_id: number },
): Promise<void> {
  await tx.insertInto('runner_namespaces').values(row).execute();
}

/** False: it did not stand there. */
export async function deleteRunnerProject(tx: Transaction, row: RunnerProjects): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('runner_projects')
    .where('runner_id', '=', row.runner_id)
    .where('project_id', '=', row.project_id)
    .executeTakeFirst();
  const left = { project_ids: [row.project_id], group_ids: [] };
  noteChange(tx, { type: 'runner', id: row.runner_id, left });
  return numDeletedRows > 0n;
}

/** Up to two of the projects that a runner is assigned to: enough to tell one from several. */
export async function someProjectsOf(db: Read, runner_id: number): Promise<number[]> {
  const rows = await db
    .selectFrom('runner_projects')
    .select('project_id')
    .where('runner_id', '=', runner_id)
    .limit(2)
    .execute();
  return rows.map(({ project_id }) => project_id);
}

export async function findBuiltInRunner(db: Read): Promise<Runner | null> {
  const query = db.selectFrom('runners').selectAll().where('built_in', '=', 1).orderBy('id').limit(1);
  return (await query.executeTakeFirst()) ?? null;
}

/** Writes what a machine of the runner says of itself, and answers the id of its row. */
export async function upsertManager(tx: Transaction, manager: Insertable<RunnerManagers>): Promise<number> {
  const { runner_id: _runner, system_id: _system, created_at: _created, ...changes } = manager;
  const row = await tx
    .insertInto('runner_managers')
    .values(manager)
    .onConflict((conflict) => conflict.columns(['runner_id', 'system_id']).doUpdateSet(changes))
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** A runner called: it and one of its machines were there at `now`. */
export async function touchRunner(
  tx: Transaction,
  runner_id: number,
  runner_manager_id: number | null,
  now: Time,
): Promise<void> {
  await tx.updateTable('runners').set({ contacted_at: now }).where('id', '=', runner_id).execute();
  if (runner_manager_id !== null)
    await tx
      .updateTable('runner_managers')
      .set({ contacted_at: now })
      .where('id', '=', runner_manager_id)
      .execute();
}

/** False: this runner has no such machine. */
export async function deleteManager(tx: Transaction, runner_id: number, system_id: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('runner_managers')
    .where('runner_id', '=', runner_id)
    .where('system_id', '=', system_id)
    .executeTakeFirst();
  noteChange(tx, { type: 'runner', id: runner_id });
  return numDeletedRows > 0n;
}

/** Up to `limit` machines that were last heard of before then and have no job under way. False: there are none. */
export async function deleteStaleManagers(tx: Transaction, before: Time, limit: number): Promise<boolean> {
  const stale = tx
    .selectFrom('runner_managers')
    .select('id')
    .where('contacted_at', '<', before)
    .where(
      sql<boolean>`NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.runner_id = runner_managers.runner_id
        AND jobs.runner_manager_id = runner_managers.id AND jobs.status IN ('running', 'canceling'))`,
    )
    .limit(limit);
  const { numDeletedRows } = await tx
    .deleteFrom('runner_managers')
    .where('id', 'in', stale)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function findManager(
  db: Read,
  runner_id: number,
  system_id: string,
): Promise<RunnerManager | null> {
  const query = db
    .selectFrom('runner_managers')
    .selectAll()
    .where('runner_id', '=', runner_id)
    .where('system_id', '=', system_id);
  return (await query.executeTakeFirst()) ?? null;
}

export async function isAssigned(db: Read, runner_id: number, project_id: number): Promise<boolean> {
  const row = await db
    .selectFrom('runner_projects')
    .select('runner_id')
    .where('runner_id', '=', runner_id)
    .where('project_id', '=', project_id)
    .executeTakeFirst();
  return row !== undefined;
}
