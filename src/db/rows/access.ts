import type { Generated } from 'kysely';
import type { Bit, Time, Json } from './column.ts';

/** What there is one of: registration token digest, migration notes. `key` is unique. */
export interface Instance {
  key: string;
  value: string;
}

export interface Users {
  id: Generated<number>;
  /** Unique whatever the case. */
  username: string;
  email: string;
  name: string;
  /** active | blocked | deactivated */
  state: Generated<string>;
  admin: Generated<Bit>;
  bot: Generated<Bit>;
  password_digest: string | null;
  /** From then on the user is led to choose another; null for never. */
  password_expires_at: Time | null;
  public_email: Generated<string>;
  /** The profile's free fields: bio, location, linkedin, website_url, organization, job_title, pronouns… */
  profile: Generated<Json>;
  created_at: Time;
  updated_at: Time;
}

export interface PersonalAccessTokens {
  id: Generated<number>;
  user_id: number;
  name: string;
  description: string | null;
  token_digest: string;
  /** JSON list of scopes. */
  scopes: Json;
  /** `YYYY-MM-DD`; the token ends when that day begins, UTC. */
  expires_at: string | null;
  revoked: Generated<Bit>;
  /** Tokens that replaced one another: using a rotated one revokes its whole family. */
  family_id: number | null;
  created_at: Time;
  last_used_at: Time | null;
}

/** A browser in which a user has signed in. */
export interface Sessions {
  id: Generated<number>;
  user_id: number;
  token_digest: string;
  created_at: Time;
  last_used_at: Time;
  /** However much it is used until then. */
  expires_at: Time;
}

/** Who a user is at a server that vouches for them. */
export interface Identities {
  id: Generated<number>;
  user_id: number;
  /** `openid_connect` */
  provider: string;
  /** The address of that server: another one may call somebody else the same. */
  issuer: string;
  /** What that server calls the user; it never changes. */
  extern_uid: string;
  created_at: Time;
}

export interface Members {
  id: Generated<number>;
  /** Exactly one of the two is set. */
  namespace_id: number | null;
  project_id: number | null;
  user_id: number;
  /** 10 guest, 20 reporter, 30 developer, 40 maintainer, 50 owner. */
  access_level: number;
  /** `YYYY-MM-DD` */
  expires_at: string | null;
  created_by_id: number | null;
  created_at: Time;
}
