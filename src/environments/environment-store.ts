import type { Selectable } from 'kysely';
import type { Transaction } from '../db/database.ts';
import type { Environments } from '../db/rows/environments.ts';
import { guessTier, isTier, nameProblems, slugOf } from './environment-name.ts';

export type Environment = Selectable<Environments>;

/** What a new environment is; what is left out follows from its name. */
export interface NewEnvironment {
  name: string;
  /** Only what is one makes an environment. */
  tier?: string | undefined;
  external_url?: string | null | undefined;
  description?: string | null | undefined;
}

/** The project's environments of these names, by name. Those that are not there are made, but for a bad name or tier. */
export async function ensureEnvironments(
  tx: Transaction,
  project_id: number,
  wanted: readonly NewEnvironment[],
  now: number,
): Promise<Map<string, Environment>> {
  const names = [...new Set(wanted.map(({ name }) => name))];
  if (names.length === 0) return new Map();
  const good = wanted.filter(
    ({ name, tier }) => nameProblems(name).length === 0 && (tier === undefined || isTier(tier)),
  );
  if (good.length > 0)
    await tx
      .insertInto('environments')
      .values(good.map((each) => rowOf(project_id, each, now)))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  const rows = await tx
    .selectFrom('environments')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('name', 'in', names)
    .execute();
  return new Map(rows.map((row) => [row.name, row]));
}

const rowOf = (project_id: number, { name, ...given }: NewEnvironment, now: number) => ({
  project_id,
  name,
  slug: slugOf(name),
  tier: given.tier ?? guessTier(name),
  external_url: given.external_url ?? null,
  description: given.description ?? null,
  auto_stop_at: null,
  auto_delete_at: null,
  created_at: now,
  updated_at: now,
});
