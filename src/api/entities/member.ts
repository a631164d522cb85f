import { type Static, Type } from 'typebox';
import type { MemberOf } from '../../access/member-store.ts';
import { entity, iso, Moment, nullable } from './entity.ts';
import { UserBasic, userBasic } from './user.ts';

/** A user of a project or group, with the level. */
export const Member = entity({
  ...UserBasic.properties,
  access_level: Type.Integer(),
  created_at: Moment,
  expires_at: nullable(Type.String({ description: '`YYYY-MM-DD`' })),
  membership_state: Type.String(),
});

export function memberOf({ member, user }: MemberOf, url: string): Static<typeof Member> {
  return {
    ...userBasic(user, url),
    access_level: member.access_level,
    created_at: iso(member.created_at),
    expires_at: member.expires_at,
    membership_state: 'active',
  };
}
