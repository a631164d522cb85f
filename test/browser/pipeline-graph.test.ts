import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { graph, node } from './support/graph.ts';
import { pipelineOf } from './support/pipeline-page.ts';
import { browserProject } from './support/project.ts';

let server: TestServer;

beforeAll(async () => {
  if (hasBrowser) server = await bootServer();
});

/** Milliseconds from asking for the jobs until they were drawn, as the browser has measured it. */
const untilDrawn = () => {
  const drawn = performance.getEntriesByName('graph drawn')[0]?.startTime ?? Infinity;
  const asked = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/graph'));
  return drawn - (asked?.startTime ?? -Infinity);
};

describeInBrowser('the graph of a pipeline', () => {
  test('of a thousand jobs is drawn within a second and a half, and only what is in sight', async () => {
    const jobs = Array.from({ length: 1000 }, (_, index) => {
      const stage = Math.floor(index / 100);
      const needs = stage === 0 ? [] : new Set([index - 100, stage * 100 - 1]);
      const list = [...needs].map((each) => `'job ${each}'`).join(', ');
      return `'job ${index}': { stage: s${stage}, script: 'true', tags: [nobody], needs: [${list}] }`;
    });
    const stages = Array.from({ length: 10 }, (_, index) => `s${index}`);
    const { path } = await pipelineOf(server, `stages: [${stages.join(', ')}]\n${jobs.join('\n')}\n`);
    const page = await visit(server);
    for (const view of ['graph', 'needs']) {
      const took = [];
      // Whatever else the machine does makes it longer, never shorter: the least of a few counts.
      while (took.length < 5 && !(Math.min(...took) < 1500)) {
        await page.goto(`${path}?view=${view}`);
        await graph(page).locator('[data-place]').first().waitFor();
        took.push(await page.evaluate(untilDrawn));
      }
      expect(Math.min(...took), view).toBeLessThan(1500);
      expect(await page.locator('[data-place]').count()).toBeLessThan(500);
    }
    await page.keyboard.press('0');
    await expect.poll(() => page.locator('[data-node]').count()).toBe(1000);
  });

  test('shows jobs from far as blocks of their colours, and near again as what can be read and opened', async () => {
    const { path } = await pipelineOf(
      server,
      'stages: [one, two]\nfirst: { stage: one, script: "true", tags: [nobody] }\nsecond: { stage: two, script: "true", tags: [nobody] }\n',
    );
    const page = await visit(server);
    await page.goto(path);
    await node(page, 'first', 'Pending').waitFor();
    const jobs = graph(page).locator('[data-node="job"]');
    const near = await jobs.first().boundingBox();
    for (let press = 0; press < 6; press++) await page.keyboard.press('-');
    await expect.poll(() => graph(page).locator('[data-place]').count()).toBe(0);
    expect(
      await jobs.evaluateAll((all) => all.map((each) => [each.dataset['tone'], each.childElementCount])),
    ).toEqual([
      ['waiting', 0],
      ['quiet', 0],
    ]);
    const nearer = async () => (near?.width ?? 0) / ((await jobs.first().boundingBox())?.width ?? 0);
    await expect.poll(nearer).toBeCloseTo(1.2 ** 6, 1);
    for (let press = 0; press < 6; press++) await page.keyboard.press('+');
    await node(page, 'first', 'Pending').waitFor();
    await expect.poll(() => jobs.first().boundingBox()).toEqual(near);
  });

  test('is dragged, pinched and led by buttons, and a drag opens nothing', async () => {
    const { path } = await pipelineOf(
      server,
      'stages: [one, two]\nfirst: { stage: one, script: "true", tags: [nobody] }\nsecond: { stage: two, script: "true", tags: [nobody] }\n',
    );
    const page = await visit(server);
    await page.goto(path);
    const first = node(page, 'first', 'Pending');
    const box = async () => (await first.boundingBox()) ?? { x: NaN, y: NaN, width: NaN };
    const before = await box();
    await page.mouse.move(before.x + 40, before.y + 10);
    await page.mouse.down();
    await page.mouse.move(before.x + 100, before.y + 50, { steps: 5 });
    await page.mouse.up();
    await expect.poll(async () => Math.round((await box()).x - before.x)).toBe(60);
    expect(Math.round((await box()).y - before.y)).toBe(40);
    expect(new URL(page.url()).pathname).toBe(path);

    const at = await box();
    await page.mouse.move(at.x + 5, at.y + 5);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, 40);
    await page.keyboard.up('Control');
    await expect.poll(async () => (await box()).width).toBeLessThan(before.width - 10);
    const small = (await box()).width;
    await page.getByRole('button', { name: 'Larger (+)' }).click();
    await expect.poll(async () => (await box()).width / small).toBeCloseTo(1.2, 1);
    await page.getByRole('button', { name: 'Smaller (-)' }).click();
    await expect.poll(async () => (await box()).width / small).toBeCloseTo(1, 1);
    await page.getByRole('button', { name: 'All of it (0)' }).click();
    await expect.poll(async () => (await box()).width).toBeGreaterThan(before.width);
    await node(page, 'second', 'Created').waitFor();

    const { width } = await box();
    await page.setViewportSize({ width: 1280, height: 500 });
    const { x, y } = await box();
    await page.mouse.move(x + 5, y + 5);
    await page.mouse.wheel(0, 60);
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(0);
    expect((await box()).width).toBe(width);
    await first.click();
    await page.waitForURL(/\/-\/jobs\/\d+$/);
  });

  test('follows a running pipeline, and so do the title and the icon of its tab', async () => {
    const { path, status, nextJob, runner } = await pipelineOf(
      server,
      'first: { script: "true", tags: [by-hand] }\nsecond: { stage: deploy, script: "true", tags: [by-hand] }\n',
    );
    const page = await visit(server);
    await page.goto(path);
    await node(page, 'first', 'Pending').waitFor();
    const job = await nextJob();
    await node(page, 'first', 'Running').waitFor();
    await expect.poll(() => page.title()).toMatch(/^Running: /);
    const icon = () => page.locator('#favicon').getAttribute('href');
    const running = await icon();
    expect(running).toMatch(/^data:image\/svg/);
    await runner.finish(job, 'success');
    await node(page, 'first', 'Passed').waitFor();
    await node(page, 'second', 'Pending').waitFor();
    await runner.finish(await nextJob(), 'failed');
    await page.getByText('1 job failed').waitFor();
    await page.getByText(/deploy, the script failed/).waitFor();
    await expect.poll(() => page.title()).toMatch(/^Failed: /);
    expect(await icon()).not.toBe(running);
    expect(await status()).toBe('failed');
  });

  test('unfolds a child in place, and the address keeps it', async () => {
    const { path } = await pipelineOf(
      server,
      'widgets: { trigger: { include: child.yml, strategy: depend } }\n',
      {
        'child.yml': 'inner: { script: "true", tags: [nobody] }\n',
      },
    );
    const page = await visit(server);
    await page.goto(path);
    await page.setViewportSize({ width: 500, height: 800 });
    await page.getByRole('button', { name: /^Unfold pipeline #/ }).click();
    await node(page, 'inner', 'Pending').waitFor();
    const edges = () =>
      graph(page).evaluate((frame) => {
        const inner = [...frame.querySelectorAll('[data-place]')].find((each) =>
          each.textContent?.includes('inner'),
        );
        return (inner?.getBoundingClientRect().right ?? Infinity) - frame.getBoundingClientRect().right;
      });
    await expect.poll(edges).toBeLessThan(0);
    await page.reload();
    await node(page, 'inner', 'Pending').waitFor();
    await page
      .getByRole('button', { name: /^Fold pipeline #/ })
      .first()
      .click();
    await node(page, 'inner', 'Pending').waitFor({ state: 'detached' });
  });

  test('unfolds the pipeline of another project in place, and what is done there is done there', async () => {
    const other = await browserProject(server.api, {
      '.gitlab-ci.yml': 'far: { script: "true", tags: [nobody] }\n',
    });
    const { path } = await pipelineOf(
      server,
      `ship: { trigger: { project: ${other.path}, strategy: depend } }\n`,
    );
    const page = await visit(server);
    await page.goto(path);
    await page.getByRole('button', { name: /^Unfold pipeline #/ }).click();
    const frame = page.getByRole('region', { name: new RegExp(`^Pipeline #\\d+ of ${other.path}$`) });
    await frame.waitFor();
    await page.getByRole('button', { name: 'Cancel far' }).click();
    await node(page, 'far', 'Canceled').waitFor();
    await node(page, 'ship', 'Canceled').waitFor();
    await frame.getByRole('link', { name: /#/ }).click();
    await page.waitForURL(new RegExp(`/${other.path}/-/pipelines/\\d+$`));
  });

  test('follows the pipeline of another project that is unfolded, also once that has ended', async () => {
    const other = await pipelineOf(server, 'far: { script: "true", tags: [nobody] }\n');
    const { path } = await pipelineOf(server, `ship: { trigger: { project: ${other.project.path} } }\n`);
    const jobs = () => other.project.call<{ id: number }[]>('GET', '/jobs');
    // The first is that of the push there.
    await expect.poll(async () => (await jobs()).length).toBe(2);
    const [job] = await jobs();
    await other.project.call('POST', `/jobs/${job?.id}/cancel`);
    const page = await visit(server);
    await page.clock.install();
    await page.goto(path);
    await page.getByRole('button', { name: /^Unfold pipeline #/ }).click();
    await node(page, 'far', 'Canceled').waitFor();
    await other.project.call('POST', `/jobs/${job?.id}/retry`);
    // Whenever it has begun to wait.
    const later = async () => {
      await page.clock.fastForward(11_000);
      return await node(page, 'far', 'Pending').isVisible();
    };
    await expect.poll(later, { interval: 1000 }).toBe(true);
  });

  test('folds the jobs of a matrix into one that says how they went, and unfolds them', async () => {
    const { path, nextJob, runner } = await pipelineOf(
      server,
      [
        'unit:',
        '  script: "true"',
        '  tags: [by-hand]',
        '  parallel: { matrix: [{ OS: [linux, bsd], NODE: ["22", "24"] }] }',
      ].join('\n'),
    );
    const page = await visit(server);
    await page.goto(path);
    const fold = (told: string) =>
      graph(page).getByRole('button', { name: new RegExp(`unit 4 ?jobs: ${told}$`) });
    await fold('4 pending').waitFor();
    expect(await graph(page).getByText('linux').count()).toBe(0);
    await runner.finish(await nextJob(), 'failed');
    await runner.finish(await nextJob(), 'success');
    const half = fold('1 failed, 2 pending, 1 passed');
    await half.waitFor();
    expect(await half.getAttribute('aria-expanded')).toBe('false');
    await half.click();
    await graph(page).getByText('unit: [linux, 22]').waitFor();
    expect(
      await graph(page)
        .getByRole('link', { name: / unit: \[/ })
        .count(),
    ).toBe(4);
    await page.reload();
    await graph(page).getByText('unit: [bsd, 24]').waitFor();
    await half.click();
    await graph(page).getByText('unit: [bsd, 24]').waitFor({ state: 'detached' });
    expect(page.url()).not.toContain('unfold');
  });

  test('is walked through and worked with by keyboard alone', async () => {
    const { path, project } = await pipelineOf(
      server,
      [
        'stages: [build, test]',
        'compile: { stage: build, script: "true", tags: [nobody] }',
        'unit: { stage: test, script: "true", tags: [nobody], parallel: 2 }',
        'deploy: { stage: test, script: "true", when: manual, needs: [], tags: [nobody] }',
      ].join('\n'),
    );
    const page = await visit(server);
    await page.goto(path);
    await node(page, 'compile', 'Pending').waitFor();
    await page.getByRole('tab', { name: 'Graph' }).focus();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-place') ?? '');
    for (let press = 0; press < 15 && !(await focused()).includes('compile'); press++)
      await page.keyboard.press('Tab');
    expect(await focused()).toContain('compile');
    await page.keyboard.press('ArrowRight');
    await expect.poll(focused).toContain('deploy');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await node(page, 'deploy', 'Pending').waitFor();
    await expect.poll(focused).toContain('deploy');
    await page.keyboard.press('ArrowDown');
    await expect.poll(focused).toContain('unit');
    await page.keyboard.press('Enter');
    await page.getByText('unit 2/2').waitFor();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(focused).toContain('compile');
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/${project.path}/-/jobs/\\d+$`));
  });
});
