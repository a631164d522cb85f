import { Type } from 'typebox';
import { entity, nullable } from './entity.ts';
import { UserDetails } from './user.ts';

/** Who has signed in with a browser, and how one can. */
export const SessionState = entity({
  user: nullable(UserDetails),
  csrf_token: nullable(
    Type.String({ description: 'The header `X-CSRF-Token` of every request that changes something' }),
  ),
  must_change_password: Type.Boolean({ description: 'The password is one that somebody else knows' }),
  sign_in: entity({
    password: Type.Boolean(),
    openid_connect: nullable(entity({ label: Type.String(), url: Type.String() })),
  }),
});
