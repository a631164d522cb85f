import { Type } from 'typebox';
import type { Environment as Row } from '../../environments/environment-store.ts';
import { Deployment } from './deployment.ts';
import { entity, isoOrNull, Moment, nullable } from './entity.ts';
import { EnvironmentBasic, environmentBasic, environmentFields } from './environment-basic.ts';
import { ProjectBasic } from './project.ts';

const details = {
  ...environmentFields,
  tier: Type.String(),
  state: Type.String(),
  auto_stop_at: nullable(Moment),
  description: nullable(Type.String()),
};

/** Where jobs deploy to. */
export const Environment = entity({ ...details, project: ProjectBasic });

/** The same on its own page, with what is deployed there. */
export const EnvironmentDetails = entity({ ...details, last_deployment: nullable(Deployment) });

/** What became of the wish to delete stopped review apps. */
export const ScheduledEnvironments = entity({
  scheduled_entries: Type.Array(EnvironmentBasic),
  unprocessable_entries: Type.Array(EnvironmentBasic),
});

export const environmentOf = (row: Row) => ({
  ...environmentBasic(row),
  tier: row.tier,
  state: row.state,
  auto_stop_at: isoOrNull(row.auto_stop_at),
  description: row.description,
});
