import type { Kysely } from 'kysely';
import type { Tables } from '../db/schema.ts';

/** The commits that were stored with pipelines, by SHA: the Commit object of the API without web_url, as JSON. */
export async function readStoredCommits(
  db: Kysely<Tables>,
  project_id: number,
  shas: readonly string[],
): Promise<Map<string, string>> {
  if (shas.length === 0) return new Map();
  const rows = await db
    .selectFrom('commits')
    .select(['sha', 'data'])
    .where('project_id', '=', project_id)
    .where('sha', 'in', [...new Set(shas)])
    .execute();
  return new Map(rows.map(({ sha, data }) => [sha, data]));
}
