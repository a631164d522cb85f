import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { zipOf } from '../support/zip.ts';
import { describeInBrowser, settled, visit } from './support/browser.ts';
import { ciYard } from './support/ci-yard.ts';
import { badge, WRITES } from './support/job-page.ts';
import { browserProject } from './support/project.ts';

let server: TestServer;
beforeAll(async () => {
  server = await bootServer({ config: { runner: true, runner_concurrent: 2 } });
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

  test('a pending one says how many are before it, and what the runner that can take it does', async () => {
    const one = '{tags: [simulated], script: [x]}';
    const yard = await ciYard(server, `first: ${one}\nsecond: ${one}\nthird: ${one}\n`);
    const first = await yard.take();
    const page = await visit(server);
    await page.goto(yard.page('third'));
    const why = page.getByRole('region', { name: 'Why it is pending' });
    await why.getByText('It is number 2 in the queue. All runners that can take it are busy.').waitFor();
    await why.getByText('can take it; it runs 1 now').waitFor();
    await first.finish('success');
    await why.getByText('can take it; it is free').waitFor();
    await yard.take();
    await why.getByText('It is next.').waitFor();
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
    await settled(page);
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

describeInBrowser('the list of jobs', () => {
  test('has a tab for each kind of status, and plays what waits for somebody', async () => {
    const project = await browserProject(server.api, {
      '.gitlab-ci.yml':
        'unit: {script: echo}\nbroken: {script: exit 1}\nlater: {script: echo, when: manual}\n',
    });
    const page = await visit(server);
    await page.goto(`/${project.path}/-/jobs`);
    const job = (name: string) => page.locator('tr[data-job]', { hasText: name });
    await job('unit').getByText('Passed', { exact: true }).waitFor();
    await job('broken').getByText('Failed', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Failed', exact: true }).click();
    await job('unit').waitFor({ state: 'detached' });
    await page.waitForURL(/status=failed/);
    await page.reload();
    await job('broken').waitFor();
    expect(await page.locator('tr[data-job]').count()).toBe(1);
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await job('later').getByRole('button', { name: /^Play/ }).click();
    await job('later').getByText('Passed', { exact: true }).waitFor();
    await page.getByLabel('Name').fill('later');
    await page.getByLabel('Name').press('Enter');
    await job('unit').waitFor({ state: 'detached' });
    expect(await page.locator('tr[data-job]').count()).toBe(1);
  });
});
