import type { Kysely } from 'kysely';
import { digestToken } from '../../src/access/token.ts';
import type { Tables } from '../../src/db/schema.ts';
import { insertRows, text } from './insert-rows.ts';

/** When everything that is seeded begins. */
export const EPOCH = Date.UTC(2026, 0, 1);
export const PROJECT = { id: 1, namespace_id: 1, path: 'bench/project' };
/** The users are numbers 1 to this; the first is the one who asks. */
export const USERS = 50;

const times = { created_at: EPOCH, updated_at: EPOCH };

const named = (prefix: string) => `'${prefix}' || CAST(i AS TEXT)`;

/**
 * A private project in a group, with developers; answers the access token of one of them, so that a request
 * costs what it costs a person: no administrator's short cut.
 */
export async function seedProject(db: Kysely<Tables>): Promise<string> {
  const { id, namespace_id, path } = PROJECT;
  await insertRows(db, 'users', [1, USERS], {
    id: 'i',
    username: named('user-'),
    name: named('User '),
    email: `'user-' || CAST(i AS TEXT) || '@example.com'`,
    ...times,
  });
  const token = 'glpat-of-the-benchmarks0';
  await insertRows(db, 'personal_access_tokens', [1, 1], {
    user_id: 1,
    name: text('benchmarks'),
    token_digest: text(digestToken(token)),
    scopes: text('["api"]'),
    created_at: EPOCH,
  });
  const visibility = text('private');
  await insertRows(db, 'namespaces', [1, 1], {
    id: namespace_id,
    kind: text('group'),
    name: text('bench'),
    path: text('bench'),
    full_path: text('bench'),
    full_name: text('bench'),
    visibility,
    ...times,
  });
  await insertRows(db, 'projects', [1, 1], {
    id,
    namespace_id,
    creator_id: 1,
    name: text('project'),
    path: text('project'),
    path_with_namespace: text(path),
    name_with_namespace: text('bench / project'),
    visibility,
    default_branch: text('main'),
    last_activity_at: EPOCH,
    ...times,
  });
  await insertRows(db, 'members', [1, USERS], {
    namespace_id,
    user_id: 'i',
    access_level: 30,
    created_at: EPOCH,
  });
  return token;
}
