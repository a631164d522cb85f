import { type Static, Type } from 'typebox';
import type { PersonalAccessToken as Row } from '../../access/caller.ts';
import type { CreatedToken } from '../../access/create-personal-access-token.ts';
import { entity, iso, isoOrNull, Moment, nullable } from './entity.ts';

const fields = {
  id: Type.Integer(),
  name: Type.String(),
  revoked: Type.Boolean(),
  created_at: Moment,
  description: nullable(Type.String()),
  scopes: Type.Array(Type.String()),
  user_id: Type.Integer(),
  last_used_at: nullable(Moment),
  active: Type.Boolean(),
  expires_at: nullable(Type.String({ description: '`YYYY-MM-DD`' })),
};

/** A personal access token without the token itself. */
export const Token = entity(fields);

/** The same with the token: once, when it is made. */
export const CreatedTokenReply = entity({ ...fields, token: Type.String() });

/** `today` is `YYYY-MM-DD`. */
export function tokenOf(row: Row, today: string): Static<typeof Token> {
  const revoked = row.revoked === 1;
  return {
    id: row.id,
    name: row.name,
    revoked,
    created_at: iso(row.created_at),
    description: row.description,
    scopes: JSON.parse(row.scopes) as string[],
    user_id: row.user_id,
    last_used_at: isoOrNull(row.last_used_at),
    active: !revoked && (row.expires_at === null || row.expires_at > today),
    expires_at: row.expires_at,
  };
}

export const createdToken = ({ row, token }: CreatedToken, today: string) => ({
  ...tokenOf(row, today),
  token,
});
