import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { zipOf } from '../support/zip.ts';
import { describeInBrowser, seriousProblems, visit } from './support/browser.ts';
import { ciYard } from './support/ci-yard.ts';
import { badge, line, WRITES } from './support/job-page.ts';

let server: TestServer;
beforeAll(async () => {
  server = await bootServer();
});

const marker = (kind: 'start' | 'end', time: number, name: string, options = '') =>
  `section_${kind}:${time}:${name}${options}\r\x1b[0K`;
/** A section with its header, and what is in it. */
const section = (name: string, inner: string) =>
  `${marker('start', 1_700_000_000, name)}Header of ${name}\n${inner}${marker('end', 1_700_000_001, name)}\n`;
const atEnd = (page: Page) =>
  page
    .getByRole('region', { name: 'Log', exact: true })
    .evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight < 4);

const wide = (number: number) => `wide ${number} ${'and more '.repeat(250)}`;

describeInBrowser('the log of a job', () => {
  test('appears as it is written, with its end in sight, until somebody reads what came before', async () => {
    const yard = await ciYard(server, WRITES);
    const page = await visit(server);
    await page.goto(yard.page('writes'));
    await page.getByText('The job waits for a runner').waitFor();
    const job = await yard.take();
    await badge(page, 'Running').waitFor();
    await job.write('first\n');
    await page.getByText('first').waitFor();
    // A character that comes in two pieces is one.
    const euro = Buffer.from('price 5 €\n');
    await job.write(euro.subarray(0, 9));
    await job.write(euro.subarray(9));
    await page.getByText('price 5 €').waitFor();
    await job.write(Array.from({ length: 300 }, (_, index) => `row ${index}\n`).join(''));
    await page.getByText('row 299').waitFor();
    await expect.poll(() => atEnd(page)).toBe(true);

    await line(page, 295).hover();
    await page.mouse.wheel(0, -1500);
    await page.getByRole('button', { name: 'Follow the log' }).waitFor();
    await job.write('later\n');
    await page.getByText('303 lines').waitFor();
    expect(await page.getByText('later').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Follow the log' }).click();
    await page.getByText('later').waitFor();
    await job.write('last');
    await page.getByText('last', { exact: true }).waitFor();
    await job.finish('success');
    await badge(page, 'Passed').waitFor();
    await page.getByText('Live').waitFor({ state: 'hidden' });
    expect(await page.title()).toMatch(/^Passed: writes \(#\d+\)/);
    const { body } = await server.api<string>(
      'GET',
      `/projects/${yard.id}/jobs/${yard.jobs['writes']}/trace`,
    );
    expect(body).toContain('price 5 €');
  });

  test('has colours, folds its sections, and lets no progress bar pile up', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write(
      `\x1b[31mred\x1b[0m and \x1b[38;2;10;20;30mdark\x1b[0m\n10%\r100%\n` +
        `${marker('start', 1_700_000_000, 'outer')}Outer header\ninside of outer\n` +
        `${marker('start', 1_700_000_005, 'inner', '[collapsed=true]')}Inner header\ninside of inner\n` +
        `${marker('end', 1_700_000_065, 'inner')}after inner\n${marker('end', 1_700_000_070, 'outer')}after outer\n`,
    );
    await job.finish('success');
    const page = await visit(server, { theme: 'dark' });
    await page.goto(yard.page('writes'));
    await page.getByText('after outer').waitFor();
    const red = await page.getByText('red', { exact: true }).evaluate((run) => getComputedStyle(run).color);
    expect(red).toBe('rgb(255, 138, 128)');
    expect(await line(page, 2).textContent()).toBe('2100%');
    expect(await page.getByText('inside of inner').isVisible()).toBe(false);
    expect(await line(page, 5).textContent()).toContain('1m 00s');
    await page.getByRole('button', { name: 'Section inner' }).click();
    await page.getByText('inside of inner').waitFor();
    await page.getByRole('button', { name: 'Section outer' }).click();
    await page.getByText('inside of outer').waitFor({ state: 'hidden' });
    expect(await page.getByText('after inner').isVisible()).toBe(false);
    expect(await page.getByText('after outer').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Unfold all sections' }).click();
    await page.getByText('after inner').waitFor();
    expect(await seriousProblems(page)).toEqual([]);
  });

  test('has its sections at one stop of Tab: the arrow keys go from one to the next, however far', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    const rows = Array.from({ length: 500 }, (_, index) => `row ${index}\n`).join('');
    const outer = section('outer', `before\n${section('inner', 'inside\n')}`);
    await job.write(`${outer}between\n${section('far', rows)}${section('last', 'end\n')}`);
    await job.finish('success');
    const page = await visit(server);
    await page.goto(yard.page('writes'));
    await page.getByText('Header of outer').waitFor();
    const focused = () =>
      page.evaluate(() => {
        const { activeElement } = document;
        return activeElement?.getAttribute('aria-label') ?? activeElement?.tagName;
      });
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await page.getByRole('region', { name: 'Log', exact: true }).focus();
    // The numbers are one stop, the sections another, and that is all.
    await press('Tab', 'Tab');
    expect(await focused()).toBe('Section outer');
    await press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('[data-line]') ?? null)).toBeNull();
    await press('Shift+Tab');
    expect(await focused()).toBe('Section outer');
    await press('ArrowDown');
    expect(await focused()).toBe('Section inner');
    await press('ArrowLeft');
    await page.getByText('inside', { exact: true }).waitFor({ state: 'hidden' });
    expect(await focused()).toBe('Section inner');
    await press('ArrowRight');
    await page.getByText('inside', { exact: true }).waitFor();
    expect(await focused()).toBe('Section inner');
    await press('ArrowDown', 'ArrowDown');
    // It was not drawn before.
    await expect.poll(focused).toBe('Section last');
    expect(await page.getByText('Header of last').isVisible()).toBe(true);
    await press('ArrowDown');
    expect(await focused()).toBe('Section last');
    await press('Home');
    await expect.poll(focused).toBe('Section outer');
    // What is in a folded one is passed over; Enter folds as a click does.
    await press('Enter');
    await page.getByText('Header of inner').waitFor({ state: 'hidden' });
    expect(await focused()).toBe('Section outer');
    await press('ArrowDown');
    await expect.poll(focused).toBe('Section far');
    await press('Shift+Tab', 'Shift+Tab', 'Tab', 'Tab');
    expect(await focused()).toBe('Section far');
    await press('End');
    await expect.poll(focused).toBe('Section last');
    expect(await seriousProblems(page)).toEqual([]);
  });

  test('shows when lines were written, where the runner has noted it', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write('2026-11-26T12:43:46.962646Z 00O hello\n2026-11-26T12:43:47.000000Z 00E world\n');
    await job.finish('success');
    const page = await visit(server);
    await page.goto(yard.page('writes'));
    await expect.poll(() => line(page, 1).textContent()).toBe('1hello');
    await page.getByRole('button', { name: 'Timestamps' }).click();
    await expect.poll(() => line(page, 1).textContent()).toBe('112:43:46hello');
  });

  test('is pointed at by lines, which a reload and a link keep', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write(Array.from({ length: 3000 }, (_, index) => `row ${index + 1}\n`).join(''));
    await job.finish('success');
    const page = await visit(server);
    await page.goto(`${yard.page('writes')}#L1500`);
    await page.getByText('row 1500', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Line 1503', exact: true }).click({ modifiers: ['Shift'] });
    await page.getByText('Lines 1500 to 1503').waitFor();
    expect(page.url()).toMatch(/#L1500-L1503$/);
    await page.reload();
    await page.getByText('Lines 1500 to 1503').waitFor();
    await page.getByText('row 1503', { exact: true }).waitFor();
    // By keyboard the numbers are one stop, however many there are.
    await page.getByRole('region', { name: 'Log', exact: true }).focus();
    for (const key of ['Tab', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
    await page.waitForURL(/#L1501$/);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('[data-line]') ?? null)).toBeNull();
    await page.getByRole('button', { name: 'Point at no lines' }).click();
    expect(page.url()).not.toContain('#');
  });

  test('has its last line pointed at for one that is behind its end, and says so', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write(Array.from({ length: 30 }, (_, index) => `row ${index + 1}\n`).join(''));
    const page = await visit(server);
    await page.goto(`${yard.page('writes')}#L5000`);
    await page.getByText('line 5000 is not written yet').waitFor();
    await job.finish('success');
    await page.getByText('Line 30 · there is no line 5000: the log ends here').waitFor();
    await page.getByRole('link', { name: 'Line 28', exact: true }).click({ modifiers: ['Shift'] });
    await page.getByText('Lines 28 to 30').waitFor();
    expect(page.url()).toMatch(/#L28-L30$/);
  });

  test('is not text of the page: what it, names and files say stays inert', async () => {
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const yard = await ciYard(
      server,
      `'${evil}':\n  stage: '${evil}'\n  tags: [simulated]\n  script: [x]\nstages: ['${evil}']\n`,
    );
    const job = await yard.take();
    await job.write(
      `${evil}\n\x1b]8;;javascript:alert(1)\x07click\x1b]8;;\x07 javascript:alert(2) https://example.org/"onclick=x\n`,
    );
    await job.upload(await zipOf({ [`${evil.replaceAll('/', '')}.txt`]: evil, 'page.html': evil }));
    await job.finish('failed');
    const page = await visit(server);
    await page.goto(yard.page(evil));
    await expect.poll(() => line(page, 1).textContent()).toBe(`1${evil}`);
    const links = await line(page, 2)
      .locator('a')
      .evaluateAll((all) => all.map((each) => each.getAttribute('href')));
    expect(links).toEqual(['#L2', 'https://example.org/']);
    await page.getByRole('link', { name: 'Browse' }).click();
    await page
      .getByRole('link', { name: /onerror/ })
      .first()
      .click();
    await page.getByLabel('Content').waitFor();
    expect(await page.getByLabel('Content').textContent()).toBe(evil);
    expect(await page.title()).toMatch(/^Failed: /);
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  test('says where there is none why that is so', async () => {
    const yard = await ciYard(
      server,
      `${WRITES}byhand: {script: [x], when: manual}\nlater: {script: [x], when: delayed, start_in: 1 hour}\n` +
        'stages: [test, deploy]\nbehind: {stage: deploy, script: [x], needs: [writes]}\n',
    );
    const page = await visit(server);
    for (const [name, ...texts] of [
      ['byhand', 'The job waits to be played'],
      ['later', 'The job waits for its time', /It begins in 59m/],
      ['behind', 'The job has not begun', 'It waits for'],
    ] as const) {
      await page.goto(yard.page(name));
      for (const text of texts) await page.getByText(text).first().waitFor();
    }
    const job = await yard.take();
    await job.write('to be erased\n');
    await job.finish('success');
    await page.goto(yard.page('writes'));
    await page.getByText('to be erased').waitFor();
    await page.getByRole('button', { name: 'Erase' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Erase' }).click();
    await page.getByText('The log was erased').waitFor();
  });

  test('has lines of kilobytes, few of which are drawn at once', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write(Array.from({ length: 1000 }, (_, index) => `${wide(index + 1)}\n`).join(''));
    await job.finish('success');
    const page = await visit(server);
    await page.goto(`${yard.page('writes')}#L500`);
    await line(page, 500).getByText('wide 500 ').waitFor();
    expect(await page.locator('[data-line]').count()).toBeLessThan(60);
    await page.keyboard.press('e');
    await line(page, 1000).getByText('wide 1000 ').waitFor();
    await page.keyboard.press('w');
    await page.keyboard.press('t');
    await line(page, 1).getByText('wide 1 ').waitFor();
    expect(await page.locator('[data-line]').count()).toBeLessThan(20);
  });

  test('has all pointed out that is found in wide lines, and is not drawn anew by a step to the next', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write(`${'needle and more hay '.repeat(190)}\n`.repeat(40));
    await job.finish('success');
    const page = await visit(server);
    await page.goto(`${yard.page('writes')}?search=needle`);
    await page.getByText('1 of 7,600', { exact: true }).waitFor();
    const marks = (number: number) => line(page, number).locator('mark').count();
    for (const number of [1, 8, 15])
      await expect.poll(() => marks(number), { message: `line ${number}` }).toBe(190);
    const drawn = await line(page, 9).elementHandle();
    await page.keyboard.press('n');
    await page.getByText('2 of 7,600', { exact: true }).waitFor();
    await line(page, 1).locator('mark[data-current]').nth(0).waitFor();
    expect(await drawn?.evaluate((element) => element.isConnected)).toBe(true);
  });
});
