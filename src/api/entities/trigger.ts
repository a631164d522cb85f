import { Type } from 'typebox';
import type { Trigger as Row } from '../../triggers/trigger-store.ts';
import { entity, iso, isoOrNull, Moment, nullable } from './entity.ts';
import { UserBasic, userBasic } from './user.ts';

/** A trigger token. */
export const Trigger = entity({
  id: Type.Integer(),
  token: Type.String({ description: 'In full for its owner; else its first four characters' }),
  description: Type.String(),
  created_at: Moment,
  updated_at: Moment,
  last_used: nullable(Moment),
  expires_at: Type.Null(),
  owner: UserBasic,
});

/** `token` is what of it the caller may see, `url` the server's address. */
export const triggerOf = (row: Row, token: string, url: string) => ({
  id: row.id,
  token,
  description: row.description,
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
  last_used: isoOrNull(row.last_used),
  expires_at: null,
  owner: userBasic(row.owner, url),
});
