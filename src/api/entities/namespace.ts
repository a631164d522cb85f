import { type Static, Type } from 'typebox';
import type { Namespace as Row } from '../../projects/group-store.ts';
import { entity, nullable } from './entity.ts';

const basic = {
  id: Type.Integer(),
  name: Type.String(),
  path: Type.String(),
  kind: Type.Enum(['group', 'user']),
  full_path: Type.String(),
  parent_id: nullable(Type.Integer()),
  avatar_url: nullable(Type.String()),
  web_url: Type.String(),
};

/** Where a project lies. */
export const NamespaceBasic = entity(basic);

/** A group, or a person's own place for projects. */
export const Namespace = entity({
  ...basic,
  plan: Type.String(),
  trial: Type.Boolean(),
  billable_members_count: Type.Integer(),
});

export function namespaceBasic(row: Row, url: string): Static<typeof NamespaceBasic> {
  const { id, name, path, kind, full_path, parent_id } = row;
  const web_url = kind === 'group' ? `${url}/groups/${full_path}` : `${url}/${full_path}`;
  return { id, name, path, kind, full_path, parent_id, avatar_url: null, web_url };
}

export const namespaceOf = (row: Row, url: string): Static<typeof Namespace> => ({
  ...namespaceBasic(row, url),
  plan: 'free',
  trial: false,
  billable_members_count: 0,
});
