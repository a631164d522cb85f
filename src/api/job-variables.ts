import { Type } from 'typebox';
import { reaches } from '../access/permissions.ts';
import { apiError } from '../errors.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import { findJobById, readJobVariables } from '../jobs/job-store.ts';
import type { Parts } from '../parts.ts';
import { decrypt } from '../variables/encrypt.ts';
import { entity } from './entities/entity.ts';

const JobVariable = entity({ key: Type.String(), value: Type.String() });

/** What a job was given by hand. */
export function jobVariableRoutes({ db, secretKey }: Parts): Route[] {
  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/jobs/:job_id/variables',
      summary: 'List the variables that a job was given as it was played or retried',
      tag: 'Jobs',
      ability: 'read_pipeline_variables',
      authenticate: true,
      params: Type.Object({ id: subjectId, job_id: recordId() }),
      reply: Type.Array(JobVariable),
      handler: async ({ params, project, caller, role }) => {
        const job = await findJobById(db.read, params.job_id);
        if (job?.project_id !== project.id) throw apiError('record_not_found');
        // As for the variables that a pipeline was given.
        const isOwn = job.user_id !== null && job.user_id === caller.user?.id;
        if (!isOwn && !reaches(role, 'maintainer')) throw apiError('forbidden');
        const rows = await readJobVariables(db.read, job.id);
        return rows.map(({ key, value }) => ({ key, value: decrypt(secretKey, value) }));
      },
    }),
  ];
}
