import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, hasBrowser, visit } from './support/browser.ts';
import { ciYard } from './support/ci-yard.ts';
import { type BrowserProject, browserProject } from './support/project.ts';

const CONFIGURATION = `
integration:
  script: echo
  tags: [nobody]
  parallel:
    matrix:
      - DATABASE: postgres
        BROWSER: [firefox, chromium]
`;
const WIDTH = 320;

let server: TestServer;
let project: BrowserProject;
let pipeline: number;

const at = (rest: string) => `/${project.path}/-/${rest}`;
const onPhone = (): Promise<Page> => visit(server, { width: WIDTH, height: 640 });
/** Whether all of it is between the edges of the window. */
const isInSight = async (what: Locator) => {
  const box = await what.boundingBox();
  return box !== null && box.x >= 0 && box.x + box.width <= WIDTH;
};

const top = async (what: Locator) => (await what.boundingBox())?.y ?? Number.NaN;

/** Whether there is more of its text than is shown. */
const isCut = (cell: Element) =>
  [...cell.querySelectorAll('span')].some(
    ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
      scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1,
  );

describeInBrowser('on a phone', () => {
  beforeAll(async () => {
    if (!hasBrowser) return;
    server = await bootServer();
    project = await browserProject(server.api, { '.gitlab-ci.yml': CONFIGURATION });
    pipeline = (await project.call<{ id: number }[]>('GET', '/pipelines'))[0]?.id ?? 0;
  });

  test('what is chosen is in sight: the place in the navigation, and the tab, also by its digit', async () => {
    const page = await onPhone();
    await page.goto(at('settings/ci_cd'));
    const place = page.getByRole('link', { name: 'Variables', exact: true });
    await place.waitFor();
    await expect.poll(() => isInSight(place)).toBe(true);
    await page.goto(at(`pipelines/${pipeline}?view=yaml`));
    const tab = (name: string) => page.getByRole('tab', { name, selected: true });
    await tab('Configuration').waitFor();
    await expect.poll(() => isInSight(tab('Configuration'))).toBe(true);
    await page.keyboard.press('7');
    await tab('Variables').waitFor();
    await expect.poll(() => isInSight(tab('Variables'))).toBe(true);
    await page.keyboard.press('1');
    await expect.poll(() => isInSight(tab('Graph'))).toBe(true);
  });

  test('what is chosen stays in sight where the phone is turned', async () => {
    const page = await onPhone();
    await page.setViewportSize({ width: 900, height: WIDTH });
    await page.goto(at(`pipelines/${pipeline}?view=variables`));
    const tab = page.getByRole('tab', { name: 'Variables', selected: true });
    await tab.waitFor();
    await page.setViewportSize({ width: WIDTH, height: 900 });
    await expect.poll(() => isInSight(tab)).toBe(true);
  });

  test('bars of the timeline have the width of it, and jobs are told apart by their names', async () => {
    const page = await onPhone();
    await page.goto(at(`pipelines/${pipeline}?view=timeline`));
    const bar = page.getByRole('group', { name: 'Timeline of the jobs' }).locator('li span[style]').first();
    await expect.poll(async () => (await bar.boundingBox())?.width).toBeGreaterThan(WIDTH * 0.7);
    await page.goto(at(`pipelines/${pipeline}?view=jobs`));
    const cells = page.locator('td[data-column="name"]');
    await cells.first().waitFor();
    const cut = await Promise.all((await cells.all()).map((cell) => cell.evaluate(isCut)));
    expect(cut).toEqual([false, false]);
    for (const status of await page.locator('td[data-column="status"]').all())
      expect(await isInSight(status.getByRole('img', { name: 'Pending' }))).toBe(true);
  });
});

describeInBrowser('what stands beside other things on a wide window', () => {
  test('is above the log where it says why the job failed or waits', async () => {
    const yard = await ciYard(
      server,
      'breaks: { script: "false", tags: [simulated] }\nwaits: { script: "true", tags: [nobody] }\n',
    );
    const job = await yard.take();
    await job.write('It goes wrong.\n');
    await job.finish('failed');
    const page = await onPhone();
    for (const [name, text, reason] of [
      ['waits', 'The job waits for a runner', 'Why it is pending'],
      ['breaks', 'It goes wrong.', 'A command of its script failed.'],
    ] as const) {
      await page.goto(yard.page(name));
      const [log, why] = [page.getByText(text), page.getByText(reason)];
      for (const each of [log, why]) await each.waitFor();
      expect(await top(why), name).toBeLessThan(await top(log));
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    const log = await page.getByRole('region', { name: 'Log of the job' }).boundingBox();
    const why = await page.getByText('A command of its script failed.').boundingBox();
    expect(why?.x).toBeGreaterThan((log?.x ?? Infinity) + (log?.width ?? 0));
  });

  test('has its head beside it in a table whose heads are not shown', async () => {
    const variable = { key: 'FROM_ABOVE', value: 'x' };
    expect((await server.api('POST', '/admin/ci/variables', { body: variable })).status).toBe(201);
    const page = await onPhone();
    await page.goto(at('settings/ci_cd'));
    await page.getByRole('cell', { name: 'Environments: Everywhere' }).waitFor();
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('cell', { name: 'Everywhere', exact: true }).waitFor();
  });
});

describeInBrowser('a pipeline that was canceled before it began', () => {
  test('says nothing of how long it has been queued', async () => {
    const page = await visit(server);
    await page.goto(at(`pipelines/${pipeline}`));
    const queued = page.locator('dt', { hasText: 'Queued' });
    await queued.waitFor();
    await project.call('POST', `/pipelines/${pipeline}/cancel`);
    await queued.waitFor({ state: 'detached' });
    expect(await page.getByRole('main').getByText('Canceled', { exact: true }).count()).toBeGreaterThan(0);
  });
});
