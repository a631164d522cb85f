import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import { padded } from '../db/compiled.ts';
import { contains } from '../db/read-page.ts';
import type { Users } from '../db/rows/access.ts';
import type { Projects } from '../db/rows/projects.ts';
import type { Time } from '../db/rows/column.ts';
import type { Tables } from '../db/schema.ts';
import { ONLINE_FOR, STALE_AFTER } from './runner-status.ts';
import type { RunnerType } from './runner-attributes.ts';
import type { Runner } from './runner-store.ts';

type Read = Kysely<Tables>;

/** Whose runners are listed. `today` is `YYYY-MM-DD`: a membership ends when that day is reached. */
export type RunnerScope =
  | { of: 'instance' }
  /** Those a person answers for: maintainer of one of its projects, owner of its group. */
  | { of: 'user'; user_id: number; today: string }
  /** All that could run its jobs. */
  | { of: 'project'; project_id: number; namespace_id: number; shared_runners_enabled: 0 | 1 }
  | { of: 'group'; namespace_id: number };

type ProjectOfRunners = Pick<Selectable<Projects>, 'id' | 'namespace_id' | 'shared_runners_enabled'>;

export const STATUS_FILTERS = ['active', 'paused', 'online', 'offline', 'never_contacted', 'stale'] as const;

/** What of the scope's runners is listed; what is absent does not filter. */
export interface RunnerFilter {
  /** Any of them. */
  runner_types?: readonly RunnerType[];
  /** All of them. */
  statuses?: readonly (typeof STATUS_FILTERS)[number][];
  /** The runner has all of these. */
  tag_list?: readonly string[];
  /** A machine of the runner has a version that begins so. */
  version_prefix?: string;
  /** Stands in the description or the name, whatever the case. */
  search?: string;
}

export interface RunnerPageRequest {
  sort: 'asc' | 'desc';
  limit: number;
  offset: number;
  /** Exclusive; null for the first page. */
  after: number | null;
}

export type Busy = { job_execution_status: 'active' | 'idle' };
type Creator = Pick<Selectable<Users>, 'id' | 'username' | 'name' | 'state' | 'public_email'>;
/** A runner in a list. */
export type RunnerRow = Runner & Busy & { creator: Creator | null };
/** Runners looked at for one page, or counted for a total. */
const SCANNED = 10_000;

const above = (namespaceId: number) => sql`WITH RECURSIVE above (id, parent_id) AS (
  SELECT id, parent_id FROM namespaces WHERE id = ${namespaceId}
  UNION ALL
  SELECT namespaces.id, namespaces.parent_id FROM namespaces INNER JOIN above ON namespaces.id = above.parent_id
) SELECT id FROM above`;

/** The namespaces of which a user is a member, directly or from above, with the level. */
export const memberOf = (userId: number, today: string) => sql`WITH RECURSIVE member_of (id, level) AS (
  SELECT namespace_id, access_level FROM members WHERE user_id = ${userId} AND namespace_id IS NOT NULL
    AND (expires_at IS NULL OR expires_at > ${today})
  UNION SELECT id, 50 FROM namespaces WHERE owner_id = ${userId}
  UNION SELECT namespaces.id, member_of.level FROM namespaces
    INNER JOIN member_of ON namespaces.parent_id = member_of.id
)`;

/** The projects of which a user is a member of that level. */
export const projectsOf = (userId: number, today: string, level: number) => sql`${memberOf(userId, today)}
  SELECT id FROM projects WHERE namespace_id IN (SELECT id FROM member_of WHERE level >= ${level})
  UNION SELECT project_id FROM members WHERE user_id = ${userId} AND project_id IS NOT NULL
    AND access_level >= ${level} AND (expires_at IS NULL OR expires_at > ${today})`;

function isInScope(scope: RunnerScope): RawBuilder<boolean> {
  switch (scope.of) {
    case 'instance':
      return sql<boolean>`1 = 1`;
    case 'user': {
      const { user_id, today } = scope;
      return sql<boolean>`(id IN (SELECT runner_id FROM runner_projects
          WHERE project_id IN (${projectsOf(user_id, today, 40)}))
        OR id IN (SELECT runner_id FROM runner_namespaces
          WHERE namespace_id IN (${memberOf(user_id, today)} SELECT id FROM member_of WHERE level >= 50)))`;
    }
    case 'project':
      return sql<boolean>`((runner_type = 'instance_type' AND ${scope.shared_runners_enabled} = 1)
        OR id IN (SELECT runner_id FROM runner_projects WHERE project_id = ${scope.project_id})
        OR id IN (SELECT runner_id FROM runner_namespaces WHERE namespace_id IN (${above(scope.namespace_id)})))`;
    case 'group':
      return sql<boolean>`(runner_type = 'instance_type' OR id IN (
        SELECT runner_id FROM runner_namespaces WHERE namespace_id IN (${above(scope.namespace_id)})))`;
  }
}

function hasStatus(status: (typeof STATUS_FILTERS)[number], now: Time): RawBuilder<boolean> {
  switch (status) {
    case 'active':
      return sql<boolean>`active = 1`;
    case 'paused':
      return sql<boolean>`active = 0`;
    case 'online':
      return sql<boolean>`contacted_at > ${now - ONLINE_FOR}`;
    case 'offline':
      return sql<boolean>`contacted_at <= ${now - ONLINE_FOR}`;
    case 'never_contacted':
      return sql<boolean>`contacted_at IS NULL`;
    case 'stale':
      return sql<boolean>`(created_at <= ${now - STALE_AFTER}
        AND (contacted_at IS NULL OR contacted_at <= ${now - STALE_AFTER}))`;
  }
}

function conditionsOf(scope: RunnerScope, filter: RunnerFilter, now: Time): RawBuilder<boolean>[] {
  const conditions = [isInScope(scope)];
  if (filter.runner_types?.length === 0) conditions.push(sql<boolean>`1 = 0`);
  else if (filter.runner_types)
    conditions.push(sql<boolean>`runner_type IN (${sql.join(filter.runner_types)})`);
  for (const status of filter.statuses ?? []) conditions.push(hasStatus(status, now));
  // LIKE is blind to case on one of the two databases; a tag is found by what is left without it.
  for (const tag of filter.tag_list ?? [])
    conditions.push(sql<boolean>`replace(tag_list, ${JSON.stringify(tag)}, '') <> tag_list`);
  if (filter.version_prefix !== undefined)
    conditions.push(sql<boolean>`EXISTS (SELECT 1 FROM runner_managers WHERE runner_id = scanned.id
      AND substr(version, 1, ${filter.version_prefix.length}) = ${filter.version_prefix})`);
  if (filter.search !== undefined) conditions.push(contains(['description', 'name'], filter.search));
  return conditions;
}

/** The runners of a page, by id; `next` is the id to continue behind. Three statements at most. */
export async function listRunners(
  db: Read,
  scope: RunnerScope,
  filter: RunnerFilter,
  request: RunnerPageRequest,
  now: Time,
): Promise<{ items: RunnerRow[]; next: number | null }> {
  let scanned = db.selectFrom('runners').selectAll().orderBy('id', request.sort).limit(SCANNED);
  if (request.after !== null)
    scanned = scanned.where('id', request.sort === 'asc' ? '>' : '<', request.after);
  let page = db.selectFrom(scanned.as('scanned')).selectAll();
  for (const condition of conditionsOf(scope, filter, now)) page = page.where(condition);
  const rows = await page
    .orderBy('id', request.sort)
    .limit(request.limit + 1)
    .offset(request.offset)
    .execute();
  const items = await withSurroundings(db, rows.slice(0, request.limit));
  if (rows.length > request.limit) return { items, next: items.at(-1)?.id ?? null };
  const last = await db
    .selectFrom(scanned.as('scanned'))
    .select('id')
    .offset(SCANNED - 1)
    .limit(1)
    .executeTakeFirst();
  return { items, next: last?.id ?? null };
}

/** Whether the runner could run jobs of the project, were it not for tags and the like. */
export async function isUsableBy(
  db: Read,
  runnerId: number,
  { id: project_id, namespace_id, shared_runners_enabled }: ProjectOfRunners,
): Promise<boolean> {
  const scope = { of: 'project', project_id, namespace_id, shared_runners_enabled } as const;
  const query = db.selectFrom('runners').select('id').where('id', '=', runnerId).where(isInScope(scope));
  return (await query.executeTakeFirst()) !== undefined;
}

/** How many there are; null when there are more runners than are counted. */
export async function countRunners(
  db: Read,
  scope: RunnerScope,
  filter: RunnerFilter,
  now: Time,
): Promise<number | null> {
  const scanned = db
    .selectFrom('runners')
    .selectAll()
    .limit(SCANNED + 1);
  const found = conditionsOf(scope, filter, now);
  const row = await db
    .selectFrom(scanned.as('scanned'))
    .select((eb) => eb.fn.countAll<number>().as('scanned'))
    .select(
      sql<number>`coalesce(sum(CASE WHEN ${sql.join(found, sql` AND `)} THEN 1 ELSE 0 END), 0)`.as('found'),
    )
    .executeTakeFirstOrThrow();
  return row.scanned > SCANNED ? null : row.found;
}

/** The runners with who made them, and whether they are at work. */
export async function withSurroundings(db: Read, rows: Runner[]): Promise<RunnerRow[]> {
  if (rows.length === 0) return [];
  const creatorIds = rows.flatMap(({ creator_id }) => creator_id ?? []);
  const [creators, busy] = await Promise.all([
    creatorIds.length === 0
      ? []
      : db
          .selectFrom('users')
          .select(['id', 'username', 'name', 'state', 'public_email'])
          .where('id', 'in', padded(creatorIds))
          .execute(),
    busyRunners(
      db,
      rows.map(({ id }) => id),
    ),
  ]);
  const byId = new Map(creators.map((creator) => [creator.id, creator]));
  return rows.map((row) => ({
    ...row,
    creator: (row.creator_id === null ? null : byId.get(row.creator_id)) ?? null,
    job_execution_status: busy.has(row.id) ? 'active' : 'idle',
  }));
}

async function busyRunners(db: Read, ids: number[]): Promise<Set<number | null>> {
  const rows = await db
    .selectFrom('jobs')
    .select('runner_id')
    .distinct()
    .where('runner_id', 'in', padded(ids))
    .where(sql<boolean>`status IN ('running', 'canceling')`)
    .execute();
  return new Set(rows.map(({ runner_id }) => runner_id));
}
