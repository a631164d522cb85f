import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, drawn, hasBrowser, settled, visit } from './support/browser.ts';
import { ciYard, type Yard } from './support/ci-yard.ts';
import { WRITES } from './support/job-page.ts';

let server: TestServer;
let yard: Yard;
let pipeline: number;
beforeAll(async () => {
  if (!hasBrowser) return;
  server = await bootServer();
  yard = await ciYard(server, WRITES);
  await (await yard.take()).finish('failed');
  const { body } = await server.api<{ id: number }[]>('GET', `/projects/${yard.id}/pipelines`);
  pipeline = body[0]?.id ?? 0;
});

/** How it looks, without the focus and the pointer. */
async function look(page: Page, what: Locator): Promise<string> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.mouse.move(1, 799);
  await drawn(page);
  return (await what.screenshot()).toString('base64');
}

/** Whether it has the system's colours of what is chosen. */
function isOfTheSystem(element: Element): boolean {
  const own = element as HTMLElement;
  const seen = () => [getComputedStyle(own).backgroundColor, getComputedStyle(own).color].join();
  const found = seen();
  own.style.cssText = 'background: Highlight !important; color: HighlightText !important';
  return found === seen();
}

const ground = (what: Locator) => what.evaluate((element) => getComputedStyle(element).backgroundColor);

const replaced = async (path: string): Promise<Page> => {
  const page = await visit(server);
  await page.emulateMedia({ forcedColors: 'active' });
  await page.goto(`/${yard.path}/-/${path}`);
  await settled(page);
  return page;
};

describeInBrowser('where the colours of a page are replaced by those of its reader', () => {
  test('what is chosen is told from what is not', async () => {
    const page = await replaced(`pipelines/${pipeline}`);
    for (const [chosen, other] of [
      [page.getByRole('tab', { name: 'Graph' }), page.getByRole('tab', { name: 'Why' })],
      [page.getByRole('button', { name: 'By stages' }), page.getByRole('button', { name: 'By needs' })],
      [
        page.getByRole('link', { name: 'Pipelines', exact: true }),
        page.getByRole('link', { name: 'Branches', exact: true }),
      ],
    ] as const)
      expect(await ground(chosen)).not.toBe(await ground(other));
    await page.keyboard.press('Control+k');
    const offered = page.getByRole('option');
    await offered.first().waitFor();
    for (const chosen of [offered.first(), page.getByText('By stages')])
      expect(await chosen.evaluate(isOfTheSystem)).toBe(true);
  });

  test('what is on looks otherwise than what is off', async () => {
    const page = await replaced('settings/ci_cd');
    await page.getByRole('button', { name: 'Add variable' }).first().click();
    for (const each of [
      page.getByRole('switch', { name: 'Protected' }),
      page.getByRole('radio', { name: 'Masked', exact: true }),
    ]) {
      await each.waitFor();
      const off = await look(page, each);
      await each.click();
      expect(await look(page, each)).not.toBe(off);
    }
  });

  test('the bars of the timeline have the colour of how their jobs went', async () => {
    const page = await replaced(`pipelines/${pipeline}?view=timeline`);
    const chart = page.getByRole('group', { name: 'Timeline of the jobs' });
    const bar = chart.locator('li span[style][data-tone=failed]').first();
    await bar.waitFor({ state: 'attached' });
    expect(await ground(bar)).toBe('rgb(179, 38, 30)');
  });
});

describeInBrowser('on paper', () => {
  test('a page is dark on white, and has nothing to press', async () => {
    const page = await visit(server, { theme: 'dark' });
    await page.goto(yard.page('writes'));
    await page.getByRole('button', { name: 'Retry', exact: true }).waitFor();
    await page.emulateMedia({ media: 'print' });
    expect(await ground(page.locator('html'))).toBe('rgb(255, 255, 255)');
    await page.getByRole('heading', { name: 'writes' }).waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.getByRole('searchbox').count()).toBe(0);
    expect(await page.getByRole('navigation').count()).toBe(0);
  });

  test('is so for whoever has chosen a dark theme here, too', async () => {
    const page = await visit(server, { theme: 'light' });
    await page.goto(yard.page('writes'));
    await page.evaluate(() => (document.documentElement.dataset['theme'] = 'dark'));
    await page.emulateMedia({ media: 'print' });
    expect(await ground(page.locator('html'))).toBe('rgb(255, 255, 255)');
  });
});
