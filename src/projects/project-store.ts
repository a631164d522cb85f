import type { Kysely, Selectable } from 'kysely';
import type { Projects, Tables } from '../db/schema.ts';

type Read = Kysely<Tables>;
export type Project = Selectable<Projects>;

/** The project of a number or a full path; a name without a slash never is one. */
export async function findProject(db: Read, id: string): Promise<Project | null> {
  const projects = db.selectFrom('projects').selectAll().where('deleted_at', 'is', null);
  if (/^\d{1,15}$/.test(id)) return (await projects.where('id', '=', Number(id)).executeTakeFirst()) ?? null;
  if (!id.includes('/')) return null;
  const query = projects.where((where) =>
    where(where.fn<string>('lower', ['path_with_namespace']), '=', id.toLowerCase()),
  );
  return (await query.executeTakeFirst()) ?? null;
}
