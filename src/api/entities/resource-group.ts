import { type Static, Type } from 'typebox';
import type { ResourceGroup as Row } from '../../jobs/resource-group-store.ts';
import { entity, iso, Moment } from './entity.ts';

/** What one job of a project has at a time. */
export const ResourceGroup = entity({
  id: Type.Integer(),
  key: Type.String(),
  process_mode: Type.String(),
  created_at: Moment,
  updated_at: Moment,
});

export const resourceGroup = (row: Row): Static<typeof ResourceGroup> => ({
  id: row.id,
  key: row.key,
  process_mode: row.process_mode,
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
});
