import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, Reply, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { coverageReportText } from '../reports/coverage-report.ts';
import { entity, nullable } from './entities/entity.ts';
import { pipelineReports } from './pipeline-reports.ts';

const CoverageReport = entity({
  reports: Type.Array(
    entity({
      job_id: Type.Integer(),
      name: Type.String({ description: 'Of the job' }),
      files: Type.Integer(),
      lines: Type.Integer({ description: 'That could be covered' }),
      covered: Type.Integer({ description: 'Lines' }),
      error: nullable(Type.String({ description: 'Why the report cannot be read' })),
    }),
  ),
  files: Type.Record(Type.String(), Type.Record(Type.String(), Type.Integer()), {
    description: 'Hits by line, by the path of a file',
  }),
});

/** What the coverage reports of a pipeline say, line by line. */
export function coverageReportRoutes(parts: Parts): Route[] {
  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/pipelines/:pipeline_id/coverage_report',
      summary: 'Get which lines the tests of a pipeline have covered',
      tag: 'Test reports',
      ability: 'read_build',
      params: Type.Object({
        id: subjectId,
        pipeline_id: recordId(),
        path: Type.Optional(Type.String({ description: 'Only this file' })),
      }),
      reply: CoverageReport,
      handler: async ({ params, project }) => {
        const types = ['cobertura', 'jacoco'];
        const reports = await pipelineReports(parts, project.id, params.pipeline_id, types);
        const text = coverageReportText(reports, parts.blobs, params.path);
        return new Reply(200, Readable.from(text, { objectMode: false }), {
          'Content-Type': 'application/json',
        });
      },
    }),
  ];
}
