import type { Kysely, Selectable } from 'kysely';
import { type Page, type PageRequest, readPage } from '../db/read-page.ts';
import type { Users } from '../db/rows/access.ts';
import type { Deployments, Environments } from '../db/rows/environments.ts';
import type { Tables } from '../db/schema.ts';
import type { DeploymentStatus } from './deployment-store.ts';

type Read = Kysely<Tables>;

const ENVIRONMENT = ['id', 'name', 'slug', 'external_url', 'created_at', 'updated_at'] as const;
const USER = ['id', 'username', 'name', 'state', 'public_email'] as const;

/** A deployment with what its page of the API shows around it. */
export interface DeploymentDetails extends Selectable<Deployments> {
  environment: Pick<Selectable<Environments>, (typeof ENVIRONMENT)[number]>;
  user: Pick<Selectable<Users>, (typeof USER)[number]> | null;
}

export interface DeploymentFilter {
  project_id: number;
  environment_id?: number;
  status?: DeploymentStatus;
  updated_after?: number;
  updated_before?: number;
  finished_after?: number;
  finished_before?: number;
}

export const DEPLOYMENT_ORDERS = ['id', 'iid', 'created_at', 'updated_at', 'finished_at', 'ref'] as const;
export type DeploymentOrder = (typeof DEPLOYMENT_ORDERS)[number];

export async function listDeployments(
  db: Read,
  filter: DeploymentFilter,
  request: PageRequest,
  order: DeploymentOrder,
): Promise<Page<DeploymentDetails>> {
  let rows = db.selectFrom('deployments').selectAll().where('project_id', '=', filter.project_id);
  if (filter.environment_id !== undefined) rows = rows.where('environment_id', '=', filter.environment_id);
  if (filter.status !== undefined) rows = rows.where('status', '=', filter.status);
  if (filter.updated_after !== undefined) rows = rows.where('updated_at', '>=', filter.updated_after);
  if (filter.updated_before !== undefined) rows = rows.where('updated_at', '<=', filter.updated_before);
  if (filter.finished_after !== undefined) rows = rows.where('finished_at', '>=', filter.finished_after);
  if (filter.finished_before !== undefined) rows = rows.where('finished_at', '<', filter.finished_before);
  // They are numbered, and made, in the order of their ids.
  const before = order === 'iid' || order === 'created_at' || order === 'id' ? undefined : order;
  const page = await readPage(db, rows, request, { column: 'id', of: ({ id }) => id }, before);
  return { ...page, items: await withDetails(db, page.items) };
}

export async function findDeployment(
  db: Read,
  project_id: number,
  id: number,
): Promise<DeploymentDetails | null> {
  const row = await db
    .selectFrom('deployments')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('id', '=', id)
    .executeTakeFirst();
  const [details] = row ? await withDetails(db, [row]) : [];
  return details ?? null;
}

/** These deployments with what is around them: two statements, however many they are. */
export async function withDetails(
  db: Read,
  rows: readonly Selectable<Deployments>[],
): Promise<DeploymentDetails[]> {
  if (rows.length === 0) return [];
  const environmentIds = [...new Set(rows.map(({ environment_id }) => environment_id))];
  const userIds = [...new Set(rows.flatMap(({ user_id }) => user_id ?? []))];
  const [environments, users] = await Promise.all([
    db.selectFrom('environments').select(ENVIRONMENT).where('id', 'in', environmentIds).execute(),
    userIds.length === 0 ? [] : db.selectFrom('users').select(USER).where('id', 'in', userIds).execute(),
  ]);
  return rows.flatMap((row) => {
    const environment = environments.find(({ id }) => id === row.environment_id);
    // Deleted meanwhile, and its deployments with it.
    if (!environment) return [];
    return { ...row, environment, user: users.find(({ id }) => id === row.user_id) ?? null };
  });
}
