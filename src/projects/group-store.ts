import type { Kysely, Selectable } from 'kysely';
import type { Namespaces, Tables } from '../db/schema.ts';

type Read = Kysely<Tables>;
export type Group = Selectable<Namespaces>;

/** The group of a number or a full path. */
export async function findGroup(db: Read, id: string): Promise<Group | null> {
  const groups = db.selectFrom('namespaces').selectAll().where('kind', '=', 'group');
  if (/^\d{1,15}$/.test(id)) return (await groups.where('id', '=', Number(id)).executeTakeFirst()) ?? null;
  const query = groups.where((where) =>
    where(where.fn<string>('lower', ['full_path']), '=', id.toLowerCase()),
  );
  return (await query.executeTakeFirst()) ?? null;
}
