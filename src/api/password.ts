import { Type } from 'typebox';
import { changePassword } from '../access/change-password.ts';
import { filled } from '../http/parameters.ts';
import { route, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { sessionIdOf, userOf } from './reader.ts';

/** One's own password. */
export function passwordRoutes({ db, clock, loginAttempts }: Parts): Route[] {
  return [
    route({
      method: 'PUT',
      path: '/user/password',
      summary: 'Change one’s own password; all other sessions end',
      tag: 'Session',
      ability: 'read_own',
      status: 204,
      params: Type.Object({ current_password: filled(), password: filled() }),
      reply: null,
      handler: async ({ params, caller, ip: address }) => {
        const by = { user: userOf(caller), keeps: sessionIdOf(caller), address };
        await changePassword(db, loginAttempts, by, params, clock());
      },
    }),
  ];
}
