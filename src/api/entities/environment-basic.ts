import { type Static, Type } from 'typebox';
import type { Environment as Row } from '../../environments/environment-store.ts';
import { entity, iso, Moment, nullable } from './entity.ts';

export type EnvironmentBasicRow = Pick<
  Row,
  'id' | 'name' | 'slug' | 'external_url' | 'created_at' | 'updated_at'
>;

export const environmentFields = {
  id: Type.Integer(),
  name: Type.String(),
  slug: Type.String(),
  external_url: nullable(Type.String()),
  created_at: Moment,
  updated_at: Moment,
};

/** An environment in what belongs to it. */
export const EnvironmentBasic = entity(environmentFields);

export const environmentBasic = (row: EnvironmentBasicRow): Static<typeof EnvironmentBasic> => ({
  id: row.id,
  name: row.name,
  slug: row.slug,
  external_url: row.external_url,
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
});
