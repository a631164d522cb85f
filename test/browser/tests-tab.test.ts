import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { pipelineOf } from './support/pipeline-page.ts';

const JUNIT = { artifact_type: 'junit', artifact_format: 'gzip' };
const report = (cases: string) => gzipSync(`<testsuite name="all">${cases}</testsuite>`);
const REPORTS: Record<string, Buffer> = {
  api: report(
    '<testcase name="quick" time="0.25"/><testcase name="slow" time="90"/><testcase name="left out" time="0"><skipped/></testcase>',
  ),
  pages: report(
    '<testcase name="middling" time="4"/><testcase name="broken" time="30"><failure>no</failure></testcase>',
  ),
};
const job = (name: string) =>
  `${name}: { script: "true", tags: [by-hand], artifacts: { reports: { junit: report.xml } } }`;

let server: TestServer;

describeInBrowser('the tests of a pipeline', () => {
  beforeAll(async () => {
    if (hasBrowser) server = await bootServer();
  });

  test('are there by how long they took, and by suite, of which each leads to its tests', async () => {
    const { path, nextJob, runner } = await pipelineOf(server, Object.keys(REPORTS).map(job).join('\n'));
    for (let count = 0; count < 2; count++) {
      const taken = await nextJob();
      await runner.artifact(taken, REPORTS[taken.job_info.name] ?? report(''), JUNIT, 'junit.xml.gz');
      await runner.finish(taken, 'success');
    }
    const page = await visit(server);
    await page.goto(`${path}?view=tests`);
    await page.getByRole('button', { name: 'Failures 1' }).waitFor();
    const names = async () =>
      (await page.locator('details summary').allTextContents()).map(
        (text) => /quick|slow|left out|middling|broken/.exec(text)?.[0],
      );
    await expect.poll(names).toEqual(['broken']);
    // What was left out took no time.
    await page.getByRole('button', { name: 'Slowest' }).click();
    await expect.poll(names).toEqual(['slow', 'broken', 'middling', 'quick']);
    await page.reload();
    await expect.poll(names).toEqual(['slow', 'broken', 'middling', 'quick']);

    await page.getByRole('button', { name: 'Suites' }).click();
    const rows = page
      .getByRole('table', { name: 'Suites' })
      .getByRole('row')
      .filter({ has: page.getByRole('button') });
    await rows.first().waitFor();
    // Those with failures come first.
    expect(
      await Promise.all((await rows.all()).map((row) => row.getByRole('cell').allTextContents())),
    ).toEqual([
      ['pages', '2 tests', '1 failed', '0 skipped', '34s'],
      ['api', '3 tests', '0 failed', '1 skipped', '1m 30s'],
    ]);
    await page.getByRole('button', { name: 'api', exact: true }).click();
    await expect.poll(names).toHaveLength(3);
    expect(new Set(await names())).toEqual(new Set(['quick', 'slow', 'left out']));
    expect(await page.getByLabel('Filter').inputValue()).toBe('api');
  });
});
