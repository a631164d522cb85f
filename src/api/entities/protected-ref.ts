import { type Static, Type } from 'typebox';
import type {
  ProtectedBranch as BranchRow,
  ProtectedTag as TagRow,
} from '../../projects/protected-ref-store.ts';
import { entity } from './entity.ts';

/** From which role on; there is one level of each kind, and none for single people. */
const AccessLevel = entity({
  id: Type.Integer(),
  access_level: Type.Integer(),
  access_level_description: Type.String(),
  user_id: Type.Null(),
  group_id: Type.Null(),
  deploy_key_id: Type.Null(),
});

/** A rule for the branches of a name or pattern. */
export const ProtectedBranch = entity({
  id: Type.Integer(),
  name: Type.String(),
  push_access_levels: Type.Array(AccessLevel),
  merge_access_levels: Type.Array(AccessLevel),
  unprotect_access_levels: Type.Array(Type.Never()),
  allow_force_push: Type.Boolean(),
  code_owner_approval_required: Type.Boolean(),
  inherited: Type.Boolean(),
});

/** A rule for the tags of a name or pattern. */
export const ProtectedTag = entity({
  name: Type.String(),
  create_access_levels: Type.Array(AccessLevel),
});

const DESCRIPTIONS: Record<number, string> = {
  0: 'No one',
  30: 'Developers + Maintainers',
  40: 'Maintainers',
};

/** The level's id is its rule's: there is one of each kind. */
const levels = (id: number, access_level: number): Static<typeof AccessLevel>[] => [
  {
    id,
    access_level,
    access_level_description: DESCRIPTIONS[access_level] ?? String(access_level),
    user_id: null,
    group_id: null,
    deploy_key_id: null,
  },
];

export const protectedBranchOf = (row: BranchRow): Static<typeof ProtectedBranch> => ({
  id: row.id,
  name: row.name,
  push_access_levels: levels(row.id, row.push_access_level),
  merge_access_levels: levels(row.id, row.merge_access_level),
  unprotect_access_levels: [],
  allow_force_push: row.allow_force_push === 1,
  code_owner_approval_required: false,
  inherited: false,
});

export const protectedTagOf = (row: TagRow): Static<typeof ProtectedTag> => ({
  name: row.name,
  create_access_levels: levels(row.id, row.create_access_level),
});
