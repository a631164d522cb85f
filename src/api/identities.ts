import { Type } from 'typebox';
import { deleteIdentity, OPENID_CONNECT } from '../access/identity-store.ts';
import { linkIdentity } from '../access/link-identity.ts';
import { findUser } from '../access/access-store.ts';
import { badParameters, notFound } from '../errors.ts';
import { route, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';

/** Who a user is elsewhere, as PUT /users/:id is told it. */
export const identityParams = {
  provider: Type.Optional(Type.Enum([OPENID_CONNECT])),
  extern_uid: Type.Optional(Type.String({ maxLength: 255, description: 'With `provider`: the `sub` there' })),
};

/** @throws 400 for half of it, when nobody vouches for people here, or when it is somebody else's */
export async function linkGiven(
  { db, clock, config }: Parts,
  user_id: number,
  { provider, extern_uid }: { provider?: string; extern_uid?: string },
): Promise<void> {
  if (provider === undefined && extern_uid === undefined) return;
  if (provider === undefined) throw badParameters(['provider is missing']);
  if (!extern_uid) throw badParameters(['extern_uid is missing']);
  if (!config.openid_connect) throw badParameters(['provider does not have a valid value']);
  await linkIdentity(db, { user_id, issuer: config.openid_connect.issuer, extern_uid }, clock());
}

/** Users let go of. */
export function identityRoutes({ db }: Parts): Route[] {
  return [
    route({
      method: 'DELETE',
      path: '/users/:id/identities/:provider',
      summary: 'Forget who a user is elsewhere',
      tag: 'Users',
      ability: 'admin_users',
      params: Type.Object({ id: Type.Integer(), provider: Type.String() }),
      reply: null,
      handler: async ({ params }) => {
        if (!(await findUser(db.read, params.id))) throw notFound('User');
        const isGone = await db.write((tx) => deleteIdentity(tx, params.id, params.provider));
        if (!isGone) throw notFound('Identity');
      },
    }),
  ];
}
