import { buffer } from 'node:stream/consumers';
import { Type } from 'typebox';
import { reaches, type Role } from '../access/permissions.ts';
import { apiError, badParameters } from '../errors.ts';
import { EVENT_STREAM_HEADERS, wantsEvents } from '../http/event-text.ts';
import { rangedReply } from '../http/ranged.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, Reply, type Route } from '../http/route.ts';
import { isCompleted } from '../jobs/job-state.ts';
import { findJobById } from '../jobs/job-store.ts';
import type { Parts } from '../parts.ts';
import { followTrace } from '../traces/follow-trace.ts';
import { openTrace } from '../traces/read-trace.ts';
import { buildOf } from './jobs.ts';
import { lastByteRead, traceEvents } from './trace-events.ts';

/** What a log is served with: never as anything that a browser would run. */
const SHOWN = { 'Content-Type': 'text/plain', 'Content-Security-Policy': 'sandbox' };

/** A job's log. */
export function traceRoutes({ db, clock, blobs, logs, limits }: Parts): Route[] {
  /** The job whose log this caller may read. A debug trace shows the values of variables. */
  const readable = async (project: { id: number }, role: Role, job_id: number) => {
    const job = await buildOf(db, project.id, job_id);
    if (!mayReadLog(job, role)) throw apiError('forbidden');
    return job;
  };

  /** The log as it grows, from `start` on. */
  const follow = (jobId: number, role: Role, start: number, signal: AbortSignal): Reply => {
    const events = followTrace({ db, blobs, logs }, jobId, {
      start,
      async goesOn() {
        const job = await findJobById(db.read, jobId);
        return job && mayReadLog(job, role) ? !isCompleted(job.status) : null;
      },
      clock,
      idle: limits.trace_heartbeat,
      signal: AbortSignal.any([signal, AbortSignal.timeout(limits.trace_stream)]),
    });
    return new Reply(
      200,
      traceEvents(events, () => findJobById(db.read, jobId)),
      EVENT_STREAM_HEADERS,
    );
  };

  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/jobs/:job_id/trace',
      summary:
        'Get the log of a job: whole, by Range, its last lines by `tail`, or as it grows by server-sent events',
      tag: 'Jobs',
      ability: 'read_build',
      authenticate: true,
      params: Type.Object({
        id: subjectId,
        job_id: recordId(),
        tail: Type.Optional(Type.Integer({ minimum: 0, description: 'Lines' })),
      }),
      reply: 'text/plain',
      handler: async (call) => {
        const { params, project, role, headers } = call;
        const job = await readable(project, role, params.job_id);
        const trace = await openTrace(db, blobs, logs, job.id, clock());
        if (wantsEvents(headers)) {
          if (!trace && isCompleted(job.status)) throw apiError('record_not_found');
          const tail = params.tail === undefined ? 0 : await trace?.startOfTail(params.tail);
          return follow(job.id, role, lastByteRead(headers) ?? tail ?? 0, call.signal);
        }
        if (!trace) throw apiError('record_not_found');
        const shown = { ...SHOWN, 'Content-Disposition': `infile; filename="${job.id}.log"` };
        if (params.tail === undefined) return rangedReply(headers, trace, shown);
        const start = await trace.startOfTail(params.tail);
        const length = trace.size - start;
        const range = { start, end: trace.size - 1 };
        return new Reply(200, length === 0 ? '' : await trace.send(range), {
          ...shown,
          'Content-Length': String(length),
        });
      },
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/jobs/:job_id/trace/lines',
      summary: 'Get the lines `from` to `to` of the log of a job, and how many there are',
      tag: 'Jobs',
      ability: 'read_build',
      authenticate: true,
      params: Type.Object({
        id: subjectId,
        job_id: recordId(),
        from: Type.Integer({ default: 1, minimum: 1, description: 'The first line is 1' }),
        to: Type.Optional(Type.Integer({ minimum: 1, description: 'The last line; a thousand unless said' })),
      }),
      reply: 'text/plain',
      handler: async ({ params, project, role }) => {
        const job = await readable(project, role, params.job_id);
        const trace = await openTrace(db, blobs, logs, job.id, clock());
        if (!trace) throw apiError('record_not_found');
        const lines = await trace.lines();
        const { from, to = from + LINES - 1 } = params;
        if (to < from) throw badParameters(['to does not have a valid value']);
        const bytesOf = async (start: number, end: number) => buffer(await trace.read({ start, end }));
        const start = await lines.startOf(from, bytesOf);
        const end = await lines.startOf(to + 1, bytesOf);
        return new Reply(200, start === end ? '' : await trace.send({ start, end: end - 1 }), {
          ...SHOWN,
          'Content-Length': String(end - start),
          'X-Total-Lines': String(lines.lines),
          'X-First-Line': String(Math.min(from, lines.lines + 1)),
          'X-Last-Line': String(Math.min(to, lines.lines)),
          'X-First-Byte': String(start),
        });
      },
    }),
  ];
}

/** Lines that are given when no last one is said. */
const LINES = 1000;

/** Whether this role may read the log of the job: a debug trace shows the values of variables. */
export const mayReadLog = ({ debug_trace }: { debug_trace: 0 | 1 }, role: Role) =>
  debug_trace === 0 || reaches(role, 'developer');
