import { Type } from 'typebox';
import { deleteJobArtifacts } from '../artifacts/erase-job-files.ts';
import { expireProjectArtifacts, keepArtifacts } from '../artifacts/expire-artifacts.ts';
import { notFound } from '../errors.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { checkRef } from './check-ref.ts';
import { Message } from './entities/entity.ts';
import { Job, jobOf } from './entities/job.ts';
import { buildOf, jobAround } from './jobs.ts';

const tag = 'Job artifacts';
const one = { id: subjectId, job_id: recordId() };

/** What can be done with artifacts: keep them, remove them. */
export function artifactActionRoutes(parts: Parts): Route[] {
  const { db, clock } = parts;
  return [
    projectRoute({
      method: 'POST',
      path: '/projects/:id/jobs/:job_id/artifacts/keep',
      summary: 'Keep the artifacts of a job from expiring',
      tag,
      ability: 'keep_job_artifacts',
      status: 200,
      params: Type.Object(one),
      reply: Job,
      handler: async (call) => {
        const { params, project, caller } = call;
        const job = await buildOf(db, project.id, params.job_id);
        await checkRef(parts, call, job);
        if (!(await db.write((tx) => keepArtifacts(tx, job.id, clock())))) throw notFound('Artifacts');
        const kept = await buildOf(db, project.id, job.id);
        return { ...jobOf(kept, jobAround(parts, caller, project)), download_url: null };
      },
    }),
    projectRoute({
      method: 'DELETE',
      path: '/projects/:id/jobs/:job_id/artifacts',
      summary: 'Delete the artifacts of a job, not its log',
      tag,
      ability: 'destroy_artifacts',
      params: Type.Object(one),
      reply: null,
      handler: async ({ params, project }) => {
        const job = await buildOf(db, project.id, params.job_id);
        await db.write((tx) => deleteJobArtifacts(tx, [job.id], clock()));
      },
    }),
    projectRoute({
      method: 'DELETE',
      path: '/projects/:id/artifacts',
      summary: 'Let all artifacts of a project expire that are not locked',
      tag,
      ability: 'destroy_artifacts',
      status: 202,
      params: Type.Object({ id: subjectId }),
      reply: Message,
      handler: async ({ project }) => {
        await db.write((tx) => expireProjectArtifacts(tx, project.id, clock()));
        return { message: '202 Accepted' };
      },
    }),
  ];
}
