import { type Insertable, type Kysely, type Selectable, type SqlBool, type Updateable, sql } from 'kysely';
import { compareScopes } from '../ci/stored-variable.ts';
import { asStatement, runCompiled, slot } from '../db/compiled.ts';
import type { Transaction } from '../db/database.ts';
import { forNoKeyUpdate } from '../db/dialect.ts';
import { type Page, type PageRequest, readPage } from '../db/read-page.ts';
import type { CiVariables } from '../db/rows/variables.ts';
import type { Tables } from '../db/schema.ts';
import { noteChange } from '../events/change.ts';

type Read = Kysely<Tables>;
/** The value encrypted. */
export type CiVariable = Selectable<CiVariables>;
export type VariableChange = Omit<Updateable<CiVariables>, 'id' | 'project_id' | 'namespace_id' | 'key'>;

/** Whose variables: a project's, a group's, or with neither the server's. */
export type Owner = Pick<CiVariable, 'project_id' | 'namespace_id'>;

const ownedBy = ({ project_id, namespace_id }: Owner) =>
  sql<SqlBool>`${
    project_id === null ? sql`project_id IS NULL` : sql`project_id = ${project_id}`
  } AND ${namespace_id === null ? sql`namespace_id IS NULL` : sql`namespace_id = ${namespace_id}`}`;

export async function listVariables(db: Read, owner: Owner, request: PageRequest): Promise<Page<CiVariable>> {
  const rows = db.selectFrom('ci_variables').selectAll().where(ownedBy(owner));
  return await readPage(db, rows, request, { column: 'id', of: ({ id }) => id });
}

/** Those of this key, at most one for each scope; only that of a scope when one is said. */
export async function findVariables(
  db: Read,
  owner: Owner,
  key: string,
  environment_scope?: string,
): Promise<CiVariable[]> {
  let rows = db.selectFrom('ci_variables').selectAll().where(ownedBy(owner)).where('key', '=', key);
  if (environment_scope !== undefined) rows = rows.where('environment_scope', '=', environment_scope);
  return await rows.orderBy('id').execute();
}

/** How many there are; until the transaction ends nobody else adds one to those that count them. */
export async function countVariables(tx: Transaction, owner: Owner): Promise<number> {
  await lockOwner(tx, owner);
  const { count } = await tx
    .selectFrom('ci_variables')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(ownedBy(owner))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The server has no row: there its variables stand for it, of which there are some where their number matters. */
async function lockOwner(tx: Transaction, owner: Owner): Promise<void> {
  const { project_id, namespace_id } = owner;
  if (project_id !== null) {
    const row = tx.selectFrom('projects').select('id').where('id', '=', project_id);
    await forNoKeyUpdate(tx, row).executeTakeFirstOrThrow();
  } else if (namespace_id !== null) {
    const row = tx.selectFrom('namespaces').select('id').where('id', '=', namespace_id);
    await forNoKeyUpdate(tx, row).executeTakeFirstOrThrow();
  } else {
    const rows = tx.selectFrom('ci_variables').select('id').where(ownedBy(owner)).orderBy('id');
    await forNoKeyUpdate(tx, rows).execute();
  }
}

export async function insertVariable(
  tx: Transaction,
  variable: Insertable<CiVariables>,
): Promise<CiVariable> {
  const row = await tx.insertInto('ci_variables').values(variable).returningAll().executeTakeFirstOrThrow();
  noteVariables(tx, row);
  return row;
}

/** The variable, held until the transaction ends; null: it is gone. */
export async function lockVariable(tx: Transaction, id: number): Promise<CiVariable | null> {
  const query = tx.selectFrom('ci_variables').selectAll().where('id', '=', id);
  return (await forNoKeyUpdate(tx, query).executeTakeFirst()) ?? null;
}

export async function updateVariableRow(
  tx: Transaction,
  id: number,
  set: VariableChange,
): Promise<CiVariable> {
  const query = tx.updateTable('ci_variables').set(set).where('id', '=', id).returningAll();
  const row = await query.executeTakeFirstOrThrow();
  noteVariables(tx, row);
  return row;
}

export async function deleteVariable(tx: Transaction, id: number): Promise<void> {
  const gone = tx.deleteFrom('ci_variables').where('id', '=', id).returning(['project_id', 'namespace_id']);
  for (const row of await gone.execute()) noteVariables(tx, row);
}

const noteVariables = (tx: Transaction, { project_id, namespace_id }: Owner) =>
  noteChange(tx, { type: 'variables', project_id, group_id: namespace_id });

/** A variable on its way to a job, the value encrypted. */
export type GivenRow = Pick<
  CiVariable,
  'id' | 'key' | 'value' | 'variable_type' | 'masked' | 'raw' | 'environment_scope'
>;

/**
 * What the jobs of a project get, lowest first: the server's, those of groups from the outermost on, the project's;
 * in each the more specific scope later. `protected`: whether the ref is, else protected ones are left out.
 */
export async function readGivenVariables(
  db: Read,
  { project_id, protected: isProtected }: { project_id: number; protected: 0 | 1 },
): Promise<GivenRow[]> {
  const rows = await runCompiled(db, 'variables of a project', () => ofProject(db), {
    project_id,
    protected: isProtected,
  });
  return rows.toSorted((a, b) => b.distance - a.distance || compareScopes(a, b) || a.id - b.id);
}

const PROJECT = slot<number>('project_id');
const COLUMNS = sql.raw('ci_variables.id, key, value, variable_type, masked, raw, environment_scope');
/** Farther than any group is. */
const SERVER = 1_000_000;

const ofProject = (db: Read) =>
  asStatement<GivenRow & { distance: number }>(
    db,
    sql`WITH RECURSIVE above (id, parent_id, distance) AS (
      SELECT namespaces.id, namespaces.parent_id, 1 FROM namespaces
        INNER JOIN projects ON projects.namespace_id = namespaces.id WHERE projects.id = ${PROJECT}
      UNION ALL
      SELECT namespaces.id, namespaces.parent_id, above.distance + 1 FROM namespaces
        INNER JOIN above ON above.parent_id = namespaces.id
    )
    SELECT ${COLUMNS}, 0 AS distance FROM ci_variables WHERE project_id = ${PROJECT} AND ${VISIBLE}
    UNION ALL
    SELECT ${COLUMNS}, above.distance FROM above
      INNER JOIN ci_variables ON ci_variables.namespace_id = above.id WHERE ${VISIBLE}
    UNION ALL
    SELECT ${COLUMNS}, ${sql.lit(SERVER)} FROM ci_variables
      WHERE project_id IS NULL AND namespace_id IS NULL AND ${VISIBLE}`,
  );

const VISIBLE = sql<SqlBool>`protected <= ${slot<number>('protected')}`;
