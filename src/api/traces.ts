import { buffer } from 'node:stream/consumers';
import { Type } from 'typebox';
import { apiError, badParameters } from '../errors.ts';
import { EVENT_STREAM_HEADERS, wantsEvents } from '../http/event-text.ts';
import { rangedReply } from '../http/ranged.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, Reply, type Route } from '../http/route.ts';
import { isCompleted } from '../jobs/job-state.ts';
import type { Parts } from '../parts.ts';
import { openTrace } from '../traces/read-trace.ts';
import { jobWithLog, mayReadLog } from './readable-log.ts';
import { followLog, lastPlaceRead, traceEvents } from './trace-events.ts';

/** What a log is served with: never as anything that a browser would run. */
const SHOWN = { 'Content-Type': 'text/plain', 'Content-Security-Policy': 'sandbox' };

/** A job's log. */
export function traceRoutes(parts: Parts): Route[] {
  const { db, clock, blobs, logs, limits } = parts;
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
        const job = await jobWithLog(db, project, role, params.job_id);
        const trace = await openTrace(db, blobs, logs, job.id, clock());
        if (wantsEvents(headers)) {
          if (!trace && isCompleted(job.status)) throw apiError('record_not_found');
          const tail = params.tail === undefined ? 0 : await trace?.startOfTail(params.tail);
          const told = followLog(parts, job.id, {
            start: lastPlaceRead(headers) ?? { byte: tail ?? 0, generation: trace?.generation ?? 0 },
            mayRead: (log) => mayReadLog(log, role),
            signal: AbortSignal.any([call.signal, AbortSignal.timeout(limits.trace_stream)]),
          });
          return new Reply(200, traceEvents(db, job.id, told), EVENT_STREAM_HEADERS);
        }
        if (!trace) throw apiError('record_not_found');
        // A browser takes `infile` for something to be stored.
        const how = headers['sec-fetch-dest'] === 'document' ? 'inline' : 'infile';
        const shown = { ...SHOWN, 'Content-Disposition': `${how}; filename="${job.id}.log"` };
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
        const job = await jobWithLog(db, project, role, params.job_id);
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
