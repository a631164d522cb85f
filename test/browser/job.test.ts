import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { zipOf } from '../support/zip.ts';
import { describeInBrowser, seriousProblems, visit } from './support/browser.ts';
import { ciYard } from './support/ci-yard.ts';

let server: TestServer;
beforeAll(async () => {
  server = await bootServer({ config: { runner: true, runner_concurrent: 2 } });
});

const WRITES = 'writes:\n  tags: [simulated]\n  script: [it is simulated]\n';
const marker = (kind: 'start' | 'end', time: number, name: string, options = '') =>
  `section_${kind}:${time}:${name}${options}\r\x1b[0K`;
const line = (page: Page, number: number) => page.locator(`[data-line="${number}"]`);
const badge = (page: Page, status: string) =>
  page.getByRole('main').getByText(status, { exact: true }).first();
const atEnd = (page: Page) =>
  page
    .getByRole('region', { name: 'Log', exact: true })
    .evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight < 4);

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
    await page.getByRole('button', { name: 'Point at no lines' }).click();
    expect(page.url()).not.toContain('#');
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
});

describeInBrowser('a log of 500,000 lines', () => {
  test('is scrolled, searched and linked to without the page ever standing still', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    let piece = '';
    for (let number = 1; number <= 500_000; number += 1) {
      piece += `line ${number} of a log that has \x1b[32m${number % 7 === 0 ? 'green' : 'other'}\x1b[0m words ${'and more '.repeat(11)}\n`;
      if (piece.length < 4_000_000 && number < 500_000) continue;
      await job.write(piece);
      piece = '';
    }
    await job.finish('success');
    const page = await visit(server);
    await page.addInitScript(() => {
      const tasks: number[] = [];
      Object.assign(globalThis, { tasks });
      new PerformanceObserver((list) =>
        tasks.push(...list.getEntries().map(({ duration }) => duration)),
      ).observe({
        type: 'longtask',
        buffered: true,
      });
    });
    await page.goto(yard.page('writes'));
    await page.getByText('line 1 of').first().waitFor();
    await page.getByText('500,000 lines').waitFor();

    await page.keyboard.press('e');
    await page.getByText('line 500000 of').waitFor();
    await page.keyboard.press('t');
    await page.getByText('line 1 of').first().waitFor();
    await page.getByRole('region', { name: 'Log', exact: true }).evaluate(async (log) => {
      for (let step = 0; step <= 40; step += 1) {
        log.scrollTop = (log.scrollHeight * step) / 40;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    });

    await page.keyboard.press('/');
    await page.getByRole('button', { name: 'Regular expression' }).click();
    await page.getByRole('textbox', { name: 'Search the log' }).fill('line 4?77777 of .*green');
    await page.getByText('1 of 1', { exact: true }).waitFor({ timeout: 60_000 });
    await page.getByText('line 77777 of').waitFor();
    await page.getByRole('textbox', { name: 'Search the log' }).fill('line (123|499)99. of');
    await page.getByText('1 of 20', { exact: true }).waitFor({ timeout: 60_000 });
    await page.keyboard.press('Shift+Enter');
    await page.getByText('20 of 20', { exact: true }).waitFor();
    await page.getByText('line 499999 of').waitFor();
    await expect.poll(() => page.url()).toContain('search=');

    const longest = await page.evaluate(() =>
      Math.max(0, ...(globalThis as unknown as { tasks: number[] }).tasks),
    );
    expect(longest).toBeLessThan(200);

    await page.goto(`${yard.page('writes')}#L250000`);
    await page.reload();
    await page.getByText('line 250000 of').waitFor();
  }, 180_000);
});

describeInBrowser('what can be done with a job', () => {
  test('a running one is canceled, which another browser sees', async () => {
    const yard = await ciYard(server, 'long:\n  script: [echo it runs, sleep 300]\n');
    const page = await visit(server);
    await page.goto(yard.page('long'));
    await page.getByText('it runs', { exact: true }).waitFor();
    const other = await visit(server);
    await other.goto(yard.page('long'));
    await badge(other, 'Running').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await badge(other, 'Canceled').waitFor();
    await badge(page, 'Canceled').waitFor();
    expect(await yard.status('long')).toBe('canceled');
    await page.getByRole('button', { name: 'Retry', exact: true }).waitFor();
  });

  test('what the server refuses is taken back, with its reason', async () => {
    const yard = await ciYard(server, WRITES);
    await yard.take();
    const page = await visit(server);
    await page.goto(yard.page('writes'));
    const { promise: refused, resolve: refuse } = Promise.withResolvers<void>();
    await page.route('**/cancel', async (route) => {
      await refused;
      await route.fulfill({ status: 403, json: { message: '403 Forbidden - Not today' } });
    });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await badge(page, 'Canceling').waitFor();
    refuse();
    await page.getByText('Not today').first().waitFor();
    await badge(page, 'Running').waitFor();
  });

  test('a manual one is played with variables, and retried with others', async () => {
    const yard = await ciYard(
      server,
      'fly:\n  when: manual\n  manual_confirmation: Really to the moon?\n  script: [\'echo "to the $PLACE"\']\n',
    );
    const page = await visit(server);
    await page.goto(yard.page('fly'));
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.getByRole('dialog').getByText('Really to the moon?').waitFor();
    await page.getByRole('button', { name: 'Keep' }).click();
    await page.getByRole('button', { name: 'Play with variables…' }).click();
    await page.getByRole('menuitem', { name: 'Play with variables…' }).click();
    await page.getByLabel('Key').fill('PLACE');
    await page.getByLabel('Value').fill('moon');
    await page.getByRole('dialog').getByRole('button', { name: 'Play' }).click();
    await page.getByText('to the moon', { exact: true }).waitFor();
    await badge(page, 'Passed').waitFor();
    await page.getByRole('region', { name: 'Set by hand' }).getByText('PLACE').waitFor();

    await page.getByRole('button', { name: 'Retry with variables…' }).click();
    await page.getByRole('menuitem', { name: 'Retry with other variables…' }).click();
    expect(await page.getByLabel('Value').inputValue()).toBe('moon');
    await page.getByLabel('Value').fill('sun');
    await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click();
    await page.getByText('to the sun', { exact: true }).waitFor();
    expect(page.url()).not.toContain(yard.page('fly'));
    const attempts = page.getByRole('navigation', { name: 'Attempts' });
    expect(await attempts.getByRole('link').count()).toBe(2);
    await attempts.getByRole('link').last().click();
    await page.getByText('to the moon', { exact: true }).waitFor();
  });

  test('all of it goes by keyboard, and the neighbours of its stage are next to it', async () => {
    const yard = await ciYard(server, 'a: {script: [echo from a]}\nb: {script: [echo from b]}\n');
    const page = await visit(server);
    await page.goto(yard.page('a'));
    await page.getByText('from a', { exact: true }).waitFor();
    await page.getByRole('link', { name: /^Passed b/ }).waitFor();
    await page.keyboard.press('j');
    await page.getByText('from b', { exact: true }).waitFor();
    await page.keyboard.press('k');
    await page.getByText('from a', { exact: true }).waitFor();
    await badge(page, 'Passed').waitFor();
    await page.getByRole('button', { name: 'Retry', exact: true }).waitFor();
    await page.keyboard.press('r');
    await page.getByRole('navigation', { name: 'Attempts' }).waitFor();
    await page.keyboard.press('?');
    await page.getByText('Wrap long lines').waitFor();
  });

  test('a pending one says which runners there are, and why each cannot take it', async () => {
    const yard = await ciYard(server, 'far: {tags: [a-mainframe], script: [x]}\n');
    const page = await visit(server);
    await page.goto(yard.page('far'));
    const why = page.getByRole('region', { name: 'Why it is pending' });
    await why.getByText('No runner can take it.').waitFor();
    await why
      .getByText(/it has not the tags: a-mainframe/)
      .first()
      .waitFor();
  });
});

describeInBrowser('somebody who may only look', () => {
  test('sees the log and no button', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write('for all who may look\n');
    await job.finish('failed');
    const login = `reporter-of-${yard.id}`;
    const password = 'a password of the tests';
    const person = {
      username: login,
      name: login,
      email: `${login}@example.org`,
      password,
      skip_confirmation: true,
    };
    const { body: user } = await server.api<{ id: number }>('POST', '/users', { body: person });
    const member = { user_id: user.id, access_level: 20 };
    expect((await server.api('POST', `/projects/${yard.id}/members`, { body: member })).status).toBe(201);
    const page = await visit(server, { as: { login, password } });
    await page.goto(yard.page('writes'));
    await page.getByText('for all who may look').waitFor();
    await page.getByText('A command of its script failed.').waitFor();
    await page.waitForLoadState('networkidle').catch(() => {});
    expect(await page.getByRole('button', { name: /^(Retry|Play|Cancel|Erase)/ }).count()).toBe(0);
    expect(await page.getByRole('textbox', { name: 'Search the log' }).count()).toBe(1);
  });
});

describeInBrowser('the artifacts of a job', () => {
  test('are browsed, and looked at without running with the rights of the page', async () => {
    const script =
      'const say = (text) => (document.getElementById("said").textContent += text + ";");' +
      'say("ran"); say(origin); try { say(document.cookie) } catch { say("no cookies") }' +
      'try { say(parent.document.title) } catch { say("no parent") }';
    const pixel = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write('done\n');
    await job.upload(
      await zipOf({
        'report/index.html': `<h1>Report</h1><p id="said"></p><script>${script}</script>`,
        'report/notes.txt': 'some notes\n',
        'pixel.png': pixel,
        'data.bin': Buffer.from([0, 1, 2, 3]),
      }),
    );
    await job.finish('success');
    const page = await visit(server);
    await page.goto(yard.page('writes'));
    await page.getByRole('link', { name: 'Browse' }).click();
    await page.getByRole('link', { name: 'report', exact: true }).click();
    await page.getByRole('link', { name: 'notes.txt', exact: true }).click();
    await page.getByText('some notes').waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'index.html', exact: true }).click();
    const frame = page.frameLocator('iframe');
    await frame.getByText('ran;null;no cookies;no parent;').waitFor();
    await page.getByRole('button', { name: 'Source' }).click();
    await page.getByText('<h1>Report</h1>').waitFor();
    await page.goto(`${yard.page('writes')}/artifacts/browse/pixel.png`);
    const image = page.getByRole('img', { name: 'pixel.png' });
    await expect.poll(() => image.evaluate((each) => (each as HTMLImageElement).naturalWidth)).toBe(1);
    await page.goto(`${yard.page('writes')}/artifacts/browse/data.bin`);
    await page.getByText('It cannot be shown').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the file' }).first().click(),
    ]);
    expect(download.suggestedFilename()).toBe('data.bin');
  });
});
