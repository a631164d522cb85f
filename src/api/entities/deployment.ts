import { type Static, Type } from 'typebox';
import type { DeploymentDetails } from '../../environments/deployment-list-store.ts';
import type { JobDetails } from '../../jobs/job-details-store.ts';
import { entity, iso, Moment, nullable } from './entity.ts';
import { EnvironmentBasic, environmentBasic } from './environment-basic.ts';
import { Job, type JobAround, jobOf } from './job.ts';
import { UserBasic, userBasic } from './user.ts';

/** One version that was brought to an environment. */
export const Deployment = entity({
  id: Type.Integer(),
  iid: Type.Integer(),
  ref: Type.String(),
  sha: Type.String(),
  created_at: Moment,
  updated_at: Moment,
  user: nullable(UserBasic),
  environment: Type.Optional(EnvironmentBasic),
  deployable: nullable(Job),
  status: Type.String(),
});

/** `job`: the one that deploys; null for a deployment that somebody told of. */
export function deploymentOf(
  row: DeploymentDetails,
  job: JobDetails | null,
  around: JobAround,
): Static<typeof Deployment> {
  return {
    id: row.id,
    iid: row.iid,
    ref: row.ref,
    sha: row.sha,
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
    user: row.user && userBasic(row.user, around.url),
    environment: environmentBasic(row.environment),
    deployable: job && jobOf(job, around),
    status: row.status,
  };
}
