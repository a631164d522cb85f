import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, seriousProblems, settled, visit } from './support/browser.ts';
import { node } from './support/graph.ts';
import { pipelineOf } from './support/pipeline-page.ts';
import { memberOf } from './support/project.ts';

const JUNIT = { artifact_type: 'junit', artifact_format: 'gzip' };

/** A report of these tests. */
const junit = (names: string[], broken: string[]) => {
  const cases = names.map((name) => {
    const failure = broken.includes(name) ? `<failure>${name} is not what it was</failure>` : '';
    return `<testcase classname="shop" name="${name}" time="0.5">${failure}</testcase>`;
  });
  return gzipSync(`<testsuite>${cases.join('')}</testsuite>`);
};

let server: TestServer;

beforeAll(async () => {
  if (hasBrowser) server = await bootServer();
});

describeInBrowser('what is done with a pipeline', () => {
  test('is seen at once by somebody else who looks at it', async () => {
    const { path, status, nextJob, runner } = await pipelineOf(
      server,
      'unit: { script: "true", tags: [by-hand] }\nlint: { script: "true", tags: [nobody] }\n',
    );
    const [one, other] = [await visit(server), await visit(server)];
    for (const page of [one, other]) {
      await page.goto(path);
      await node(page, 'unit', 'Pending').waitFor();
    }
    await one.getByRole('button', { name: 'Cancel lint' }).click();
    await node(other, 'lint', 'Canceled').waitFor();
    await one.getByRole('button', { name: 'Cancel', exact: true }).click();
    await node(other, 'unit', 'Canceled').waitFor();
    await expect.poll(status).toBe('canceled');
    await other.getByRole('button', { name: 'Retry unit' }).click();
    await node(one, 'unit', 'Pending').waitFor();
    await runner.finish(await nextJob(), 'success');
    for (const page of [one, other]) await node(page, 'unit', 'Passed').waitFor();
  });

  test('is seen before the server has answered, and taken back with its words when it refuses', async () => {
    const { path, status } = await pipelineOf(server, 'unit: { script: "true", tags: [nobody] }\n');
    const page = await visit(server);
    await page.goto(path);
    await node(page, 'unit', 'Pending').waitFor();
    const { promise: refused, resolve: refuse } = Promise.withResolvers<void>();
    await page.route('**/cancel', async (route) => {
      await refused;
      await route.fulfill({ status: 403, json: { message: '403 Forbidden - not today' } });
    });
    await page.getByRole('button', { name: 'Cancel unit' }).click();
    await node(page, 'unit', 'Canceled').waitFor();
    refuse();
    await page.getByText('403 Forbidden - not today').first().waitFor();
    await node(page, 'unit', 'Pending').waitFor();
    expect(await status()).toBe('pending');
  });

  test('runs again what failed of it, and only that', async () => {
    const { path, status, nextJob, runner } = await pipelineOf(
      server,
      'unit: { script: "true", tags: [by-hand] }\nlint: { script: "true", tags: [by-hand] }\n',
    );
    await runner.finish(await nextJob(), 'success');
    await runner.finish(await nextJob(), 'failed');
    const page = await visit(server);
    await page.goto(path);
    await node(page, 'lint', 'Failed').waitFor();
    await page.getByRole('button', { name: 'Retry', exact: true }).click();
    await node(page, 'lint', 'Pending').waitFor();
    await node(page, 'unit', 'Passed').waitFor();
    await runner.finish(await nextJob(), 'success');
    await node(page, 'lint', 'Passed').waitFor();
    await expect.poll(status).toBe('success');
    await page.getByRole('button', { name: 'Retry', exact: true }).waitFor({ state: 'detached' });
  });

  test('renames it, and deletes it once that is confirmed', async () => {
    const { path, project, id } = await pipelineOf(server, 'unit: { script: "true", tags: [nobody] }\n');
    const page = await visit(server);
    await page.goto(path);
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByLabel('Name', { exact: true }).fill('<b>Nightly</b>');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('heading', { name: '<b>Nightly</b>' }).waitFor();
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.waitForURL(`**/${project.path}/-/pipelines`);
    const at = `/projects/${project.id}/pipelines/${id}`;
    await expect.poll(async () => (await server.api('GET', at)).status).toBe(404);
  });

  test('is not offered to somebody who only looks', async () => {
    const { path, project } = await pipelineOf(server, 'unit: { script: "true", tags: [nobody] }\n');
    const page = await visit(server, { as: await memberOf(server.api, project, 'reporter') });
    await page.goto(path);
    await node(page, 'unit', 'Pending').waitFor();
    for (const name of [/^Cancel/, /^Retry/, 'More actions'])
      expect(await page.getByRole('button', { name }).count()).toBe(0);
    expect(await page.getByRole('tab', { name: 'Variables' }).count()).toBe(0);
  });
});

describeInBrowser('the views of a pipeline', () => {
  test('say which rule has left a job out, where it stands, and what it read', async () => {
    const { path } = await pipelineOf(
      server,
      [
        'unit: { script: "true", tags: [nobody] }',
        'handbook:',
        '  script: "true"',
        '  rules:',
        '    - if: $CI_COMMIT_BRANCH == "handbook"',
      ].join('\n'),
    );
    const page = await visit(server);
    await page.goto(`${path}?view=why`);
    await page.getByLabel('Job', { exact: true }).fill('handbook');
    await page.getByText('none of its rules matches').waitFor();
    await page.getByText('$CI_COMMIT_BRANCH == "handbook"').waitFor();
    await page.getByRole('link', { name: '.gitlab-ci.yml:5' }).waitFor();
    await page
      .locator('dl')
      .filter({ hasText: '$CI_COMMIT_BRANCH' })
      .getByText('main', { exact: true })
      .waitFor();
    await page.getByLabel('Job', { exact: true }).fill('no such job');
    await page.getByText('The configuration has no job').waitFor();
  });

  test('have jobs that can be filtered and sorted, and earlier attempts', async () => {
    const { path, project, status, nextJob, runner } = await pipelineOf(
      server,
      'unit: { script: "true", tags: [by-hand] }\nlint: { script: "true", tags: [nobody] }\n',
    );
    const job = await nextJob();
    await runner.finish(job, 'failed');
    await project.call('POST', `/jobs/${job.id}/retry`);
    const page = await visit(server);
    await page.goto(`${path}?view=jobs`);
    const rows = page.getByRole('row').filter({ has: page.getByRole('cell') });
    await expect.poll(() => rows.count()).toBe(2);
    await page.getByRole('switch', { name: 'Earlier attempts too' }).click();
    await page.getByText(/replaced by a later attempt/).waitFor();
    expect(await rows.count()).toBe(3);
    await page.getByLabel('Filter').fill('lint');
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByLabel('Filter').fill('');
    await page.getByRole('button', { name: 'Job', exact: true }).click();
    await expect.poll(() => rows.first().textContent()).toContain('lint');
    await page.getByRole('button', { name: 'Job', exact: true }).click();
    await expect.poll(() => rows.first().textContent()).toContain('unit');
    expect(page.url()).toMatch(/sort=-name/);
    expect(await status()).toBe('pending');
    await runner.finish(await nextJob(), 'success');
  });

  test('mark the jobs on the timeline that decided how long it took', async () => {
    const { path, nextJob, runner } = await pipelineOf(
      server,
      [
        'stages: [build, test]',
        'compile: { stage: build, script: "true", tags: [by-hand] }',
        'docs: { stage: build, script: "true", tags: [by-hand] }',
        'unit: { stage: test, script: "true", tags: [by-hand] }',
      ].join('\n'),
    );
    const [first, second] = [await nextJob(), await nextJob()];
    await runner.finish(first, 'success');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await runner.finish(second, 'success');
    const last = await nextJob();
    const page = await visit(server);
    await page.goto(`${path}?view=timeline`);
    const row = ({ job_info: { name } }: typeof first, said: string) =>
      page.getByRole('link', { name: new RegExp(`^${name}: ${said}`) });
    await row(last, 'running, .*, on the critical path$').waitFor();
    await row(second, 'passed, .*, ran 1s, on the critical path$').waitFor();
    await row(first, 'passed, .*, ran 0s$').waitFor();
    const steps = page.getByRole('region', { name: 'Critical path' }).getByRole('listitem');
    const names = [second, last].map(({ job_info: { name } }) => new RegExp(`^${name}\\d+s$`));
    for (const [index, name] of names.entries())
      await expect.poll(() => steps.nth(index).textContent()).toMatch(name);
    expect(await steps.count()).toBe(2);
    await runner.finish(last, 'success');
    await row(last, 'passed, ').waitFor();
    await page.getByText(/2 jobs, .* of it waiting/).waitFor();
    for (const fact of ['Duration', 'Queued', 'Waited for runners']) {
      const value = page
        .locator('dl div')
        .filter({ has: page.locator('dt', { hasText: fact }) })
        .locator('dd');
      expect(await value.textContent(), fact).toMatch(/^\d+s$/);
    }
    await page.getByRole('button', { name: 'By stage' }).click();
    await page.waitForURL(/order=stage/);
    expect(await page.getByRole('group', { name: 'Timeline of the jobs' }).getByRole('link').count()).toBe(3);
  });

  test('name the jobs of a long critical path on a phone too, the middle when asked for', async () => {
    const steps = Array.from({ length: 9 }, (_, n) => {
      const needs = n === 0 ? '' : `step ${n}`;
      return `step ${n + 1}: { script: "true", tags: [by-hand], needs: [${needs}] }\n`;
    });
    const { path, nextJob, runner } = await pipelineOf(server, steps.join(''));
    for (let n = 1; n <= 9; n += 1) await runner.finish(await nextJob(), 'success');
    const page = await visit(server, { width: 320, height: 640 });
    await page.goto(path);
    await page.getByRole('link', { name: /^\d+s, 9 jobs, / }).click();
    const line = page.getByRole('region', { name: 'Critical path' });
    await line.getByText('3 more').waitFor();
    expect(await line.getByRole('link').count()).toBe(6);
    await line.getByRole('button', { name: 'Show all 9' }).focus();
    await page.keyboard.press('Enter');
    const links = line.getByRole('link');
    await expect.poll(() => links.count()).toBe(9);
    for (const [index, link] of (await links.all()).entries()) {
      expect(await link.textContent()).toBe(`step ${index + 1}`);
      const box = await link.boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= 320).toBe(true);
    }
    await links.nth(4).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'step 5' }).waitFor();
  });

  test('show failed tests first, with what they printed and how they went before', async () => {
    const { project, nextJob, runner, newestPath } = await pipelineOf(
      server,
      'unit: { script: "true", tags: [by-hand], artifacts: { reports: { junit: report.xml } } }\n',
    );
    const runs = [[], ['moody'], [], ['moody', 'new']];
    for (const [index, broken] of runs.entries()) {
      if (index > 0) await project.push({ [`change-${index}`]: 'x' });
      const job = await nextJob();
      await runner.artifact(job, junit(['steady', 'moody', 'new'], broken), JUNIT, 'junit.xml.gz');
      await runner.finish(job, broken.length === 0 ? 'success' : 'failed');
      const recorded = async () =>
        (await project.call<{ total_count: number }[]>('GET', '/test_report/history?name=moody'))[0]
          ?.total_count;
      await expect.poll(recorded).toBe(index + 1);
    }
    const page = await visit(server);
    await page.goto(await newestPath());
    await page.getByRole('tab', { name: 'Tests 2 failed' }).click();
    const cases = page.locator('details');
    await expect.poll(() => cases.count()).toBe(2);
    await page.getByText('moody is not what it was').waitFor();
    const moody = cases.filter({ hasText: 'moody' });
    await moody
      .getByText(
        '2 of its last 4 runs passed; flaky: its result changed from one run to the next 100 % of the time',
      )
      .waitFor();
    const bars = await moody.getByRole('list', { name: 'The last 4 runs' }).getByRole('link').all();
    expect(await Promise.all(bars.map((bar) => bar.getAttribute('data-status')))).toEqual([
      'success',
      'failed',
      'success',
      'failed',
    ]);
    await page.getByRole('button', { name: 'All 3' }).click();
    await expect.poll(() => cases.allTextContents()).toHaveLength(3);
    expect(await cases.last().textContent()).toContain('steady');
    await page.getByLabel('Filter').fill('stea');
    await expect.poll(() => cases.count()).toBe(1);
    await page.reload();
    await page.getByRole('button', { name: 'Flaky' }).click();
    const flaky = page.getByRole('listitem').filter({ hasText: /flaky: its result changed/ });
    await flaky.first().waitFor();
    expect(await flaky.allTextContents()).toEqual([
      expect.stringMatching(/moody.*flaky: its result changed .* 100 % of the time, in its last 4 runs/),
      expect.stringMatching(/new.*flaky: its result changed .* 33 % of the time, in its last 4 runs/),
    ]);
  });

  test('show hostile names as they are', async () => {
    const name = '<img src=x onerror=window.hacked=1>';
    const { path } = await pipelineOf(
      server,
      [
        `workflow: { name: '${name}' }`,
        `stages: ['<b>stage</b>']`,
        `'${name}':`,
        `  stage: '<b>stage</b>'`,
        '  script: "true"',
        '  tags: ["<i>tag</i>"]',
        `'[x](javascript:alert(1))':`,
        `  stage: '<b>stage</b>'`,
        '  script: "true"',
        '  when: manual',
        `  manual_confirmation: '<script>window.hacked=1</script>'`,
      ].join('\n'),
    );
    const page = await visit(server);
    for (const view of ['graph', 'needs', 'timeline', 'jobs', 'why', 'yaml', 'tests', 'variables']) {
      await page.goto(`${path}?view=${view}&unfold=%25E0%25A4%25A&sort=<b>&job=<b>`);
      await page.getByRole('heading', { name }).waitFor();
      await settled(page);
      expect(await page.locator('img[src="x"]').count(), view).toBe(0);
    }
    await page.goto(path);
    await page.getByRole('button', { name: /^Play / }).click();
    await page.getByText('<script>window.hacked=1</script>').waitFor();
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(await seriousProblems(page)).toEqual([]);
  });

  test('are at GitLab’s addresses too', async () => {
    const { path } = await pipelineOf(server, 'unit: { script: "true", tags: [nobody] }\n');
    const page = await visit(server);
    for (const [sub, tab] of [
      ['builds', 'Jobs 1'],
      ['test_report', 'Tests'],
      ['dag', 'Graph'],
    ] as const) {
      await page.goto(`${path}/${sub}`);
      await page.locator('[role="tab"][aria-selected="true"]', { hasText: tab }).waitFor();
      expect(new URL(page.url()).pathname).toBe(path);
    }
  });
});
