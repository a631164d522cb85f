import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { numberedPageParams, numberedPageRequest, pageReply, placeOf } from '../http/paging.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, Reply, type Route } from '../http/route.ts';
import type { Project } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import {
  failedTests,
  type Recent,
  suitesOf,
  testReportText,
  type TestSuite,
} from '../reports/test-report.ts';
import { listUnitTests } from '../reports/unit-test-list-store.ts';
import { recentFailures, runsOf } from '../reports/unit-test-store.ts';
import { TestReport, TestReportSummary, testReportSummary } from './entities/test-report.ts';
import { pipelineReports } from './pipeline-reports.ts';
import { UnitTestHistory, unitTestHistory } from './entities/unit-test.ts';

const tag = 'Test reports';
const ofPipeline = Type.Object({ id: subjectId, pipeline_id: recordId() });
const RECENT_MS = 14 * 86_400_000;

/** What the JUnit reports of a pipeline say, and the history of each test. */
export function testReportRoutes(parts: Parts): Route[] {
  const { db, clock, url, blobs } = parts;
  const suites = async (project: Project, pipeline_id: number): Promise<TestSuite[]> =>
    suitesOf(await pipelineReports(parts, project.id, pipeline_id, ['junit']));

  const recentOf = async (project: Project, found: readonly TestSuite[]): Promise<Recent> => {
    const base_branch = project.default_branch;
    if (base_branch === null) return () => null;
    const counts = await recentFailures(db.read, {
      project_id: project.id,
      key_hashes: failedTests(found),
      ref: base_branch,
      since: clock() - RECENT_MS,
    });
    return (key) => ({ count: counts.get(key) ?? 0, base_branch });
  };

  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/pipelines/:pipeline_id/test_report',
      summary: 'Get the test report of a pipeline, case by case',
      tag,
      ability: 'read_build',
      params: ofPipeline,
      reply: TestReport,
      handler: async ({ params, project }) => {
        const found = await suites(project, params.pipeline_id);
        const text = testReportText(found, blobs, await recentOf(project, found));
        return new Reply(200, Readable.from(text, { objectMode: false }), {
          'Content-Type': 'application/json',
        });
      },
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/pipelines/:pipeline_id/test_report_summary',
      summary: 'Get what the test report of a pipeline comes to',
      tag,
      ability: 'read_build',
      params: ofPipeline,
      reply: TestReportSummary,
      handler: async ({ params, project }) => testReportSummary(await suites(project, params.pipeline_id)),
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/test_report/history',
      summary: 'List the tests of a project, the flakiest first, with their last runs',
      tag,
      ability: 'read_build',
      params: Type.Object({
        ...numberedPageParams,
        id: subjectId,
        suite_name: Type.Optional(Type.String({ description: 'The name of the job' })),
        classname: Type.Optional(Type.String()),
        name: Type.Optional(Type.String()),
        ref: Type.Optional(Type.String({ description: 'Only runs on this branch or tag' })),
      }),
      reply: Type.Array(UnitTestHistory),
      handler: async ({ params, project, url: address }) => {
        const request = numberedPageRequest(params);
        const { suite_name, classname, name, ref } = params;
        const page = await listUnitTests(db.read, project.id, { suite_name, classname, name }, request);
        const runs = await runsOf(
          db.read,
          page.items.map(({ id }) => id),
        );
        const items = page.items.map((test) => {
          const all = runs.get(test.id) ?? [];
          return unitTestHistory(test, ref === undefined ? all : all.filter((run) => run.ref === ref));
        });
        return pageReply(placeOf(url(), { url: address, params }), request, { ...page, items });
      },
    }),
  ];
}
