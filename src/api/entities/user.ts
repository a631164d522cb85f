import { type Static, Type } from 'typebox';
import type { User as Row } from '../../access/caller.ts';
import { entity, iso, Moment, nullable } from './entity.ts';

/** What the short form of a user is made of. */
export type UserRow = Pick<Row, 'id' | 'username' | 'name' | 'state' | 'public_email'>;
/** What the long form is made of. */
export type UserProfileRow = UserRow & Pick<Row, 'admin' | 'bot' | 'profile' | 'created_at'>;

const basic = {
  id: Type.Integer(),
  username: Type.String(),
  public_email: Type.String(),
  name: Type.String(),
  state: Type.String(),
  locked: Type.Boolean(),
  avatar_url: nullable(Type.String()),
  web_url: Type.String(),
};

/** A user wherever one is named. */
export const UserBasic = entity(basic);

const profile = {
  ...basic,
  created_at: Moment,
  bio: Type.String(),
  location: Type.String(),
  skype: Type.String(),
  linkedin: Type.String(),
  twitter: Type.String(),
  discord: Type.String(),
  github: Type.String(),
  website_url: Type.String(),
  organization: Type.String(),
  job_title: Type.String(),
  pronouns: Type.String(),
  bot: Type.Boolean(),
  work_information: nullable(Type.String()),
  followers: Type.Integer(),
  following: Type.Integer(),
  is_followed: Type.Boolean(),
  local_time: nullable(Type.String()),
  is_admin: Type.Optional(Type.Boolean({ description: 'For administrators and that user only' })),
};

/** A user with the profile, as a job and `/users/:id` show it. */
export const UserInJob = entity(profile);

/** A user as administrators, and the user in person, see it. */
export const UserDetails = entity({
  ...profile,
  email: Type.String(),
  commit_email: Type.String(),
  note: nullable(Type.String()),
  namespace_id: nullable(Type.Integer()),
  can_create_group: Type.Boolean(),
  can_create_project: Type.Boolean(),
  projects_limit: Type.Integer(),
  external: Type.Boolean(),
  private_profile: Type.Boolean(),
  two_factor_enabled: Type.Boolean(),
  identities: Type.Array(entity({ provider: Type.String(), extern_uid: Type.String() })),
  theme_id: Type.Integer(),
  color_scheme_id: Type.Integer(),
  confirmed_at: Moment,
  last_sign_in_at: nullable(Moment),
  current_sign_in_at: nullable(Moment),
  last_activity_on: nullable(Type.String()),
});

/** Who reads; `null` for nobody. */
export type Reader = { id: number; admin: boolean } | null;

/** The free fields of a profile that are kept, all texts. */
export const PROFILE_FIELDS = [
  'bio',
  'location',
  'skype',
  'linkedin',
  'twitter',
  'discord',
  'github',
  'website_url',
  'organization',
  'job_title',
  'pronouns',
] as const;

type Profile = Record<(typeof PROFILE_FIELDS)[number], string>;

export function userBasic(row: UserRow, url: string): Static<typeof UserBasic> {
  const { id, username, public_email, name, state } = row;
  return {
    id,
    username,
    public_email,
    name,
    state,
    locked: false,
    avatar_url: null,
    web_url: `${url}/${username}`,
  };
}

export function userInJob(row: UserProfileRow, url: string, reader: Reader): Static<typeof UserInJob> {
  const given = JSON.parse(row.profile) as Partial<Profile>;
  const fields = Object.fromEntries(PROFILE_FIELDS.map((name) => [name, given[name] ?? ''])) as Profile;
  const seesAdmin = reader !== null && (reader.admin || reader.id === row.id);
  return {
    ...userBasic(row, url),
    created_at: iso(row.created_at),
    ...fields,
    bot: row.bot === 1,
    work_information: workInformation(fields),
    followers: 0,
    following: 0,
    is_followed: false,
    local_time: null,
    ...(seesAdmin ? { is_admin: row.admin === 1 } : {}),
  };
}

export function userDetails(
  row: Row,
  url: string,
  reader: Reader,
  namespace_id: number | null,
  identities: readonly { provider: string; extern_uid: string }[] = [],
): Static<typeof UserDetails> {
  return {
    ...userInJob(row, url, reader),
    email: row.email,
    commit_email: row.email,
    note: null,
    namespace_id,
    can_create_group: true,
    can_create_project: true,
    projects_limit: 100_000,
    external: false,
    private_profile: false,
    two_factor_enabled: false,
    identities: identities.map(({ provider, extern_uid }) => ({ provider, extern_uid })),
    theme_id: 1,
    color_scheme_id: 1,
    confirmed_at: iso(row.created_at),
    last_sign_in_at: null,
    current_sign_in_at: null,
    last_activity_on: null,
  };
}

/** `Engineer at Example`, whatever of it is known. */
function workInformation({ job_title, organization }: Profile): string | null {
  return [job_title, organization].filter(Boolean).join(' at ') || null;
}
