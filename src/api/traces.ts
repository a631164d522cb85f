import { Type } from 'typebox';
import { reaches } from '../access/permissions.ts';
import { apiError } from '../errors.ts';
import { rangedReply } from '../http/ranged.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, Reply, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { openTrace } from '../traces/read-trace.ts';
import { buildOf } from './jobs.ts';

/** A job's log. */
export function traceRoutes({ db, clock, blobs, logs }: Parts): Route[] {
  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/jobs/:job_id/trace',
      summary: 'Get the log of a job, whole or by Range; `tail` asks for its last lines',
      tag: 'Jobs',
      ability: 'read_build',
      authenticate: true,
      params: Type.Object({
        id: subjectId,
        job_id: recordId(),
        tail: Type.Optional(Type.Integer({ minimum: 0, description: 'Lines' })),
      }),
      reply: 'text/plain',
      handler: async ({ params, project, role, headers }) => {
        const job = await buildOf(db, project.id, params.job_id);
        // A debug trace shows the values of variables.
        if (job.debug_trace === 1 && !reaches(role, 'developer')) throw apiError('forbidden');
        const trace = await openTrace(db, blobs, logs, job.id, clock());
        if (!trace) throw apiError('record_not_found');
        const shown = {
          'Content-Type': 'text/plain',
          'Content-Disposition': `infile; filename="${job.id}.log"`,
          'Content-Security-Policy': 'sandbox',
        };
        if (params.tail === undefined) return rangedReply(headers, trace, shown);
        const start = await trace.startOfTail(params.tail);
        const length = trace.size - start;
        const range = { start, end: trace.size - 1 };
        return new Reply(200, length === 0 ? '' : await trace.read(range), {
          ...shown,
          'Content-Length': String(length),
        });
      },
    }),
  ];
}
