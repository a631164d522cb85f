import { Type } from 'typebox';
import { apiError } from '../errors.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { BLOCK } from '../traces/line-index.ts';
import type { LogSection } from '../traces/log-sections.ts';
import { openTrace } from '../traces/read-trace.ts';
import { entity, iso, Moment, nullable } from './entities/entity.ts';
import { jobWithLog } from './readable-log.ts';

const Section = entity({
  name: Type.String(),
  header: Type.String({ description: 'The rest of its first line, up to 256 bytes' }),
  collapsed: Type.Boolean(),
  level: Type.Integer({ description: 'How many others it stands in' }),
  start_line: Type.Integer({ description: 'Of its first marker; the first line of a log is 1' }),
  end_line: nullable(Type.Integer({ description: 'Of its last marker; null: it has not ended' })),
  started_at: Moment,
  finished_at: nullable(Moment),
});

const TraceIndex = entity({
  size: Type.Integer({ description: 'Bytes' }),
  lines: Type.Integer({ description: 'A last one without line feed counts' }),
  live: Type.Boolean({ description: 'Whether more may come' }),
  generation: Type.Integer({ description: 'How often the log was emptied, and sent again by its runner' }),
  block_size: Type.Integer({ description: 'Bytes' }),
  first_block: Type.Integer(),
  line_feeds: Type.Array(Type.Integer(), {
    description: 'How many come before each block, from first_block on',
  }),
  sections: Type.Array(Section, { description: 'Those that had not ended before first_block' }),
  sections_cut: Type.Boolean({ description: 'There are more than are told' }),
});

/** Where the lines and sections of a log are, without the log. */
export function traceIndexRoutes({ db, clock, blobs, logs }: Parts): Route[] {
  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/jobs/:job_id/trace/index',
      summary: 'Get how many lines come before each block of the log of a job, and its sections',
      tag: 'Jobs',
      ability: 'read_build',
      authenticate: true,
      params: Type.Object({
        id: subjectId,
        job_id: recordId(),
        first_block: Type.Integer({ default: 0, minimum: 0, description: 'Blocks before it are known' }),
      }),
      reply: TraceIndex,
      handler: async ({ params, project, role }) => {
        const job = await jobWithLog(db, project, role, params.job_id);
        const trace = await openTrace(db, blobs, logs, job.id, clock());
        if (!trace) throw apiError('record_not_found');
        const index = await trace.outline();
        const { first_block } = params;
        const line_feeds = index.before.slice(first_block);
        const known = line_feeds[0] ?? index.lines;
        const { found = [], cut = false } = index.sections ?? {};
        return {
          size: index.size,
          lines: index.lines,
          live: trace.live,
          generation: trace.generation,
          block_size: BLOCK,
          first_block,
          line_feeds,
          sections: found.filter(({ end_line }) => end_line === null || end_line > known).map(shown),
          sections_cut: cut,
        };
      },
    }),
  ];
}

const shown = ({ started_at, finished_at, ...section }: LogSection) => ({
  ...section,
  started_at: iso(started_at * 1000),
  finished_at: finished_at === null ? null : iso(finished_at * 1000),
});
