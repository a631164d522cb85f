import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { familyOf } from '../artifacts/pipeline-family-store.ts';
import { apiError } from '../errors.ts';
import { numberedPageParams, numberedPageRequest, pageReply, placeOf } from '../http/paging.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, Reply, type Route } from '../http/route.ts';
import type { Project } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import { findPipeline } from '../pipelines/pipeline-store.ts';
import { reportsOf } from '../reports/report-store.ts';
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
import { UnitTestHistory, unitTestHistory } from './entities/unit-test.ts';

const tag = 'Test reports';
const ofPipeline = Type.Object({ id: subjectId, pipeline_id: recordId() });
const RECENT_MS = 14 * 86_400_000;

/** What the JUnit reports of a pipeline say, and the history of each test. */
export function testReportRoutes({ db, clock, url, blobs, reports }: Parts): Route[] {
  /** The suites of a pipeline and its child pipelines; what nobody has read yet is read now. */
  const suites = async (project: Project, pipeline_id: number): Promise<TestSuite[]> => {
    if (!(await findPipeline(db.read, project.id, pipeline_id))) throw apiError('record_not_found');
    const family = await familyOf(db.read, project.id, [pipeline_id]);
    const read = () => reportsOf(db.read, family, ['junit']);
    const found = await read();
    const unread = found.filter(({ report }) => report === null);
    for (const { id } of unread) await reports.read(id);
    return suitesOf(unread.length === 0 ? found : await read());
  };

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
