import { sql } from 'kysely';
import { readApplicationSettings } from '../access/application-settings-store.ts';
import type { Transaction } from '../db/database.ts';
import type { Time } from '../db/rows/column.ts';
import type { RunnerType } from './runner-attributes.ts';

/**
 * When a token ends that the runner is given now: the shortest interval counts that the server, or the
 * groups and projects it belongs to, set for runners of its type. Null: never.
 */
export async function tokenExpiration(
  tx: Transaction,
  runner: { id: number; runner_type: RunnerType },
  now: Time,
): Promise<Time | null> {
  const settings = await readApplicationSettings(tx);
  const shortest = (...intervals: (number | null)[]): Time | null => {
    const set = intervals.filter((interval) => interval !== null);
    return set.length === 0 ? null : now + Math.min(...set) * 1000;
  };
  switch (runner.runner_type) {
    case 'instance_type':
      return shortest(settings.runner_token_expiration_interval);
    case 'group_type':
      return shortest(settings.group_runner_token_expiration_interval, await ofGroups(tx, runner.id));
    case 'project_type':
      return shortest(settings.project_runner_token_expiration_interval, await ofProjects(tx, runner.id));
  }
}

async function ofGroups(tx: Transaction, runnerId: number): Promise<number | null> {
  const { rows } = await sql<{ least: number | null }>`
    WITH RECURSIVE own (id) AS (SELECT namespace_id FROM runner_namespaces WHERE runner_id = ${runnerId}),
    above (id) AS (
      SELECT parent_id FROM namespaces WHERE id IN (SELECT id FROM own)
      UNION SELECT namespaces.parent_id FROM namespaces INNER JOIN above ON namespaces.id = above.id
    )
    SELECT min(least) AS least FROM (
      SELECT runner_token_expiration_interval AS least FROM namespaces WHERE id IN (SELECT id FROM own)
      UNION ALL
      SELECT subgroup_runner_token_expiration_interval FROM namespaces WHERE id IN (SELECT id FROM above)
    ) AS intervals`.execute(tx);
  return rows[0]?.least ?? null;
}

async function ofProjects(tx: Transaction, runnerId: number): Promise<number | null> {
  const { rows } = await sql<{ least: number | null }>`
    WITH RECURSIVE own (id, namespace_id) AS (
      SELECT projects.id, projects.namespace_id FROM projects
        INNER JOIN runner_projects ON runner_projects.project_id = projects.id
        WHERE runner_id = ${runnerId}
    ),
    above (id) AS (
      SELECT namespace_id FROM own
      UNION SELECT namespaces.parent_id FROM namespaces INNER JOIN above ON namespaces.id = above.id
    )
    SELECT min(least) AS least FROM (
      SELECT runner_token_expiration_interval AS least FROM projects WHERE id IN (SELECT id FROM own)
      UNION ALL
      SELECT project_runner_token_expiration_interval FROM namespaces WHERE id IN (SELECT id FROM above)
    ) AS intervals`.execute(tx);
  return rows[0]?.least ?? null;
}
