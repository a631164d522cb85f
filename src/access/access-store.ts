import { type Insertable, type Kysely, type RawBuilder, sql } from 'kysely';
import { asStatement, runCompiled, slot } from '../db/compiled.ts';
import type { Transaction } from '../db/database.ts';
import type { PersonalAccessTokens as TokenRows, Users } from '../db/rows/access.ts';
import type { Namespaces } from '../db/rows/projects.ts';
import type { Tables } from '../db/schema.ts';
import { noteChange } from '../events/change.ts';
import type { JobIdentity, PersonalAccessToken, User } from './caller.ts';
import { ACCESS_LEVELS } from './permissions.ts';
import { digestToken } from './token.ts';

type Read = Kysely<Tables>;

/** The personal access token with its user, whatever its state; null when there is none such. */
export async function findToken(
  db: Read,
  token: string,
): Promise<{ token: PersonalAccessToken; user: User } | null> {
  const tokens = () =>
    db.selectFrom('personal_access_tokens').where('token_digest', '=', slot<string>('token_digest'));
  const users = () => db.selectFrom('users').selectAll().where('id', '=', tokens().select('user_id'));
  const values = { token_digest: digestToken(token) };
  // Together, since with a database elsewhere it is the ways there that cost.
  const [[row], [user]] = await Promise.all([
    runCompiled(db, 'personal access token', () => tokens().selectAll(), values),
    runCompiled(db, 'user of a personal access token', users, values),
  ]);
  return row && user ? { token: row, user } : null;
}

/** The job that runs with this token, with its user; null once the job has ended. */
export async function findJobByToken(
  db: Read,
  token: string,
): Promise<(JobIdentity & { user: User }) | null> {
  const job = await db
    .selectFrom('jobs')
    .innerJoin('projects', 'projects.id', 'jobs.project_id')
    .select(['jobs.id', 'jobs.project_id', 'jobs.pipeline_id', 'jobs.user_id'])
    .where('token_digest', '=', digestToken(token))
    .where((where) =>
      where.or([
        where('jobs.status', 'in', ['running', 'canceling']),
        where.and([where('jobs.status', '=', 'pending'), where('jobs.acknowledge_until', 'is not', null)]),
      ]),
    )
    .where('jobs.erased_at', 'is', null)
    .where('projects.deleted_at', 'is', null)
    .executeTakeFirst();
  if (!job?.user_id) return null;
  const user = await findUser(db, job.user_id);
  if (!user) return null;
  return { id: job.id, project_id: job.project_id, pipeline_id: job.pipeline_id, user };
}

export async function findUser(db: Read, id: number): Promise<User | null> {
  const build = () => db.selectFrom('users').selectAll().where('id', '=', slot<number>('id'));
  const [user] = await runCompiled(db, 'user', build, { id });
  return user ?? null;
}

export async function findUserByName(db: Read, username: string): Promise<User | null> {
  const query = db
    .selectFrom('users')
    .selectAll()
    .where((where) => where(where.fn<string>('lower', ['username']), '=', username.toLowerCase()));
  return (await query.executeTakeFirst()) ?? null;
}

const levelWhere = (place: RawBuilder<unknown>) => sql`SELECT MAX(access_level) AS level FROM members
  WHERE user_id = ${slot('user_id')} AND ${place} AND (expires_at IS NULL OR expires_at > ${slot('today')})`;

/**
 * The highest access level a user has on a project or in a group, through the namespaces above it too; 0 for none.
 * `today` is `YYYY-MM-DD`: a membership ends when that day is reached.
 */
export async function accessLevel(
  db: Read,
  user_id: number,
  place: { project_id: number } | { namespace_id: number },
  today: string,
): Promise<number> {
  const onProject = 'project_id' in place;
  const namespace: RawBuilder<unknown> = onProject
    ? sql`(SELECT namespace_id FROM projects WHERE id = ${slot('project_id')})`
    : slot<number>('namespace_id');
  const ofProject = sql`UNION ALL ${levelWhere(sql`project_id = ${slot('project_id')}`)}`;
  const build = () =>
    asStatement<{ level: number | null }>(
      db,
      sql`WITH RECURSIVE above (id, parent_id, owner_id) AS (
          SELECT id, parent_id, owner_id FROM namespaces WHERE id = ${namespace}
          UNION ALL
          SELECT upper.id, upper.parent_id, upper.owner_id
            FROM above JOIN namespaces upper ON upper.id = above.parent_id)
        SELECT MAX(level) AS level FROM (
          SELECT CASE WHEN owner_id = ${slot('user_id')} THEN ${sql.lit(ACCESS_LEVELS.owner)}
            ELSE (${levelWhere(sql`namespace_id = above.id`)}) END AS level FROM above
          ${onProject ? ofProject : sql``}) AS levels`,
    );
  const shape = onProject ? 'level on a project' : 'level in a group';
  const [highest] = await runCompiled(db, shape, build, { ...place, user_id, today });
  return highest?.level ?? 0;
}

export async function countUsers(db: Read): Promise<number> {
  const row = await db
    .selectFrom('users')
    .select((count) => count.fn.countAll<number>().as('users'))
    .executeTakeFirstOrThrow();
  return row.users;
}

export async function insertUser(tx: Transaction, user: Insertable<Users>): Promise<number> {
  return (await tx.insertInto('users').values(user).returning('id').executeTakeFirstOrThrow()).id;
}

export async function insertNamespace(tx: Transaction, namespace: Insertable<Namespaces>): Promise<number> {
  const { id } = await tx
    .insertInto('namespaces')
    .values(namespace)
    .returning('id')
    .executeTakeFirstOrThrow();
  noteChange(tx, { type: 'group', id });
  return id;
}

export async function insertToken(tx: Transaction, token: Insertable<TokenRows>): Promise<number> {
  const row = await tx
    .insertInto('personal_access_tokens')
    .values(token)
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}
