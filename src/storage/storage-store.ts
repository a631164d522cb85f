import { type Kysely, sql } from 'kysely';
import type { Database, Transaction } from '../db/database.ts';
import { forNoKeyUpdate, forUpdateSkipLocked } from '../db/dialect.ts';
import type { ProjectStatistics, StorageKind } from '../db/rows/storage.ts';
import type { Tables } from '../db/schema.ts';

/** How much of a kind there is. */
export type Stored = Pick<ProjectStatistics, 'kind' | 'size' | 'count'>;

/** A limit of what a project, or a group with all below it, may store. */
export interface Quota {
  kind: 'project' | 'group';
  id: number;
  full_path: string;
  /** Bytes. */
  storage_limit: number;
}

/**
 * Counts what this transaction stores (`sign` 1) or removes (-1). A row a change, since one row a project would be
 * waited for by all its jobs; `foldStorage` adds them up.
 */
export async function countStorage(
  tx: Transaction,
  kind: StorageKind,
  rows: readonly { project_id: number; size: number | null }[],
  sign: 1 | -1,
): Promise<void> {
  const changes = new Map<number, Pick<Stored, 'size' | 'count'>>();
  for (const { project_id, size } of rows) {
    if (size === null) continue;
    const sum = changes.get(project_id) ?? { size: 0, count: 0 };
    changes.set(project_id, { size: sum.size + sign * size, count: sum.count + sign });
  }
  if (changes.size === 0) return;
  const values = [...changes].map(([project_id, change]) => ({ project_id, kind, ...change }));
  await tx.insertInto('storage_changes').values(values).execute();
}

/** What the project stores, to the byte. */
export async function storageOf(db: Kysely<Tables>, project_id: number): Promise<Stored[]> {
  const rows = await sumOf(db, [project_id]);
  return (['artifacts', 'traces'] as const).map((kind) => ({
    kind,
    size: Number(rows.find((row) => row.kind === kind)?.size ?? 0),
    count: Number(rows.find((row) => row.kind === kind)?.count ?? 0),
  }));
}

/** The bytes that these projects store. */
export async function sizeOf(db: Kysely<Tables>, project_ids: number[]): Promise<number> {
  return (await sumOf(db, project_ids)).reduce((sum, { size }) => sum + Number(size), 0);
}

async function sumOf(db: Kysely<Tables>, project_ids: number[]) {
  if (project_ids.length === 0) return [];
  const parts = db
    .selectFrom('project_statistics')
    .select(['kind', 'size', 'count'])
    .where('project_id', 'in', project_ids)
    .unionAll(
      db
        .selectFrom('storage_changes')
        .select(['kind', 'size', 'count'])
        .where('project_id', 'in', project_ids),
    );
  return await db
    .selectFrom(parts.as('parts'))
    .select(['kind', sql<number>`sum(size)`.as('size'), sql<number>`sum(count)`.as('count')])
    .groupBy('kind')
    .execute();
}

/** The quotas that a project is under: its own, and those of the groups above it. */
export async function quotasOf(db: Kysely<Tables>, project_id: number): Promise<Quota[]> {
  const own = await db
    .selectFrom('projects')
    .select(['id', 'namespace_id', 'path_with_namespace as full_path', 'storage_limit'])
    .where('id', '=', project_id)
    .executeTakeFirst();
  if (!own) return [];
  const groups = await db
    .withRecursive('above', (cte) =>
      cte
        .selectFrom('namespaces')
        .select(['namespaces.id', 'namespaces.parent_id', 'namespaces.full_path', 'namespaces.storage_limit'])
        .where('namespaces.id', '=', own.namespace_id)
        .unionAll(
          cte
            .selectFrom('namespaces')
            .innerJoin('above', 'above.parent_id', 'namespaces.id')
            .select([
              'namespaces.id',
              'namespaces.parent_id',
              'namespaces.full_path',
              'namespaces.storage_limit',
            ]),
        ),
    )
    .selectFrom('above')
    .select(['id', 'full_path', 'storage_limit'])
    .execute();
  return [
    { ...own, kind: 'project' as const },
    ...groups.map((row) => ({ ...row, kind: 'group' as const })),
  ].flatMap(({ kind, id, full_path, storage_limit }) =>
    storage_limit === null ? [] : [{ kind, id, full_path, storage_limit }],
  );
}

/** Holds a quota until the transaction ends, so that what others store meanwhile is seen. */
export async function lockQuota(tx: Transaction, { kind, id }: Quota): Promise<void> {
  if (kind === 'project')
    await forNoKeyUpdate(tx, tx.selectFrom('projects').select('id').where('id', '=', id)).execute();
  else await forNoKeyUpdate(tx, tx.selectFrom('namespaces').select('id').where('id', '=', id)).execute();
}

/** Adds up to `limit` changes to the statistics; answers how many there were. */
export async function foldSomeStorage(db: Database, limit: number): Promise<number> {
  return await db.write(async (tx) => {
    const some = await forUpdateSkipLocked(
      tx,
      tx.selectFrom('storage_changes').selectAll().orderBy('id').limit(limit),
    ).execute();
    if (some.length === 0) return 0;
    await tx
      .deleteFrom('storage_changes')
      .where(
        'id',
        'in',
        some.map(({ id }) => id),
      )
      .execute();
    const sums = new Map<string, ProjectStatistics>();
    for (const { project_id, kind, size, count } of some) {
      const sum = sums.get(`${project_id} ${kind}`) ?? { project_id, kind, size: 0, count: 0 };
      sums.set(`${project_id} ${kind}`, { ...sum, size: sum.size + size, count: sum.count + count });
    }
    await tx
      .insertInto('project_statistics')
      // In one order, so that two that fold at once do not wait for each other.
      .values(
        [...sums.values()].toSorted((a, b) => a.project_id - b.project_id || (a.kind < b.kind ? -1 : 1)),
      )
      .onConflict((conflict) =>
        conflict.columns(['project_id', 'kind']).doUpdateSet({
          size: sql`project_statistics.size + excluded.size`,
          count: sql`project_statistics.count + excluded.count`,
        }),
      )
      .execute();
    return some.length;
  });
}
