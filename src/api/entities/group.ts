import { type Static, Type } from 'typebox';
import type { Visibility } from '../../access/permissions.ts';
import type { GroupCounts } from '../../projects/group-count-store.ts';
import type { Group as Row } from '../../projects/group-store.ts';
import { VISIBILITIES } from '../../projects/visibility.ts';
import { entity, iso, Moment, nullable } from './entity.ts';
import { Project } from './project.ts';

const fields = {
  id: Type.Integer(),
  web_url: Type.String(),
  name: Type.String(),
  path: Type.String(),
  description: Type.String(),
  visibility: Type.Enum([...VISIBILITIES]),
  share_with_group_lock: Type.Boolean(),
  require_two_factor_authentication: Type.Boolean(),
  two_factor_grace_period: Type.Integer(),
  project_creation_level: Type.String(),
  auto_devops_enabled: nullable(Type.Boolean()),
  subgroup_creation_level: Type.String(),
  emails_disabled: nullable(Type.Boolean()),
  emails_enabled: nullable(Type.Boolean()),
  mentions_disabled: nullable(Type.Boolean()),
  lfs_enabled: Type.Boolean(),
  archived: Type.Boolean(),
  default_branch: nullable(Type.String()),
  default_branch_protection: Type.Integer(),
  avatar_url: nullable(Type.String()),
  request_access_enabled: Type.Boolean(),
  full_name: Type.String(),
  full_path: Type.String(),
  created_at: Moment,
  parent_id: nullable(Type.Integer()),
  organization_id: Type.Integer(),
  shared_runners_setting: Type.String(),
  storage_limit: nullable(Type.Integer()),
  marked_for_deletion_on: Type.Null(),
};

const Count = Type.Optional(
  Type.Integer({ description: 'With `with_counts`: directly in it, of those that the caller may see' }),
);

/** A group in a list. */
export const Group = entity({ ...fields, projects_count: Count, subgroups_count: Count });

const Seconds = nullable(Type.Integer({ description: 'Seconds' }));

/** One group; `projects` unless `with_projects=false`. */
export const GroupDetails = entity({
  ...fields,
  shared_with_groups: Type.Array(Type.Never()),
  prevent_sharing_groups_outside_hierarchy: Type.Boolean(),
  runner_token_expiration_interval: Seconds,
  subgroup_runner_token_expiration_interval: Seconds,
  project_runner_token_expiration_interval: Seconds,
  projects: Type.Optional(Type.Array(Project)),
  shared_projects: Type.Optional(Type.Array(Type.Never())),
});

export function groupOf(row: Row, url: string, counts: Partial<GroupCounts> = {}): Static<typeof Group> {
  return {
    id: row.id,
    web_url: `${url}/groups/${row.full_path}`,
    name: row.name,
    path: row.path,
    description: row.description,
    visibility: row.visibility as Visibility,
    share_with_group_lock: false,
    require_two_factor_authentication: false,
    two_factor_grace_period: 48,
    project_creation_level: 'developer',
    auto_devops_enabled: null,
    subgroup_creation_level: 'maintainer',
    emails_disabled: true,
    emails_enabled: false,
    mentions_disabled: null,
    lfs_enabled: false,
    archived: false,
    default_branch: null,
    default_branch_protection: 2,
    avatar_url: null,
    request_access_enabled: false,
    full_name: row.full_name,
    full_path: row.full_path,
    created_at: iso(row.created_at),
    parent_id: row.parent_id,
    organization_id: 1,
    shared_runners_setting: 'enabled',
    storage_limit: row.storage_limit,
    marked_for_deletion_on: null,
    ...counts,
  };
}

/** `projects` null: they were not asked for. */
export const groupDetails = (
  row: Row,
  url: string,
  projects: Static<typeof Project>[] | null,
): Static<typeof GroupDetails> => ({
  ...groupOf(row, url),
  shared_with_groups: [],
  prevent_sharing_groups_outside_hierarchy: false,
  runner_token_expiration_interval: row.runner_token_expiration_interval,
  subgroup_runner_token_expiration_interval: row.subgroup_runner_token_expiration_interval,
  project_runner_token_expiration_interval: row.project_runner_token_expiration_interval,
  ...(projects ? { projects, shared_projects: [] } : {}),
});
