import type { Api } from './api.ts';

export interface Person {
  id: number;
  username: string;
  /** A token with the scope `api`. */
  token: string;
}

let made = 0;

/** A user with a token. */
export async function addPerson(api: Api, start: string, admin = false): Promise<Person> {
  const username = `${start}-${++made}`;
  const body = {
    username,
    email: `${username}@example.org`,
    name: username,
    admin,
    force_random_password: true,
  };
  const user = await api<{ id: number }>('POST', '/users', { body });
  if (user.status !== 201) throw new Error(JSON.stringify(user.body));
  return { id: user.body.id, username, token: await addToken(api, user.body.id, ['api']) };
}

/** Another token of a user. */
export async function addToken(
  api: Api,
  user_id: number,
  scopes: string[],
  expires_at?: string,
): Promise<string> {
  const body = { name: scopes.join(), scopes, expires_at };
  const { status, body: reply } = await api<{ token: string }>(
    'POST',
    `/users/${user_id}/personal_access_tokens`,
    { body },
  );
  if (status !== 201) throw new Error(JSON.stringify(reply));
  return reply.token;
}
