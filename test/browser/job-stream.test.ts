import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { describeInBrowser, visit } from './support/browser.ts';
import { ciYard } from './support/ci-yard.ts';
import { badge, line, WRITES } from './support/job-page.ts';
import { memberOf } from './support/project.ts';
import { streamsOf } from './support/streams.ts';

let server: TestServer;
beforeAll(async () => {
  server = await bootServer();
});

/** How many lines of the log that is shown say this. */
const count = (page: Page, text: string) => page.locator('[data-line]').filter({ hasText: text }).count();

describeInBrowser('the page of a job', () => {
  test('has one stream, whatever job it shows, for what happens and for what is written', async () => {
    const yard = await ciYard(server, `${WRITES}other:\n  tags: [simulated]\n  script: [it is simulated]\n`);
    const first = await yard.take();
    const page = await visit(server);
    const open = streamsOf(page);
    await page.goto(yard.page('writes'));
    await first.write('said by the first\n');
    await page.getByText('said by the first').waitFor();
    expect(open()).toHaveLength(1);
    expect(open()[0]).toContain(`job_id=${yard.jobs['writes']}`);

    const second = await yard.take();
    await page.getByRole('link', { name: /^Running other/ }).click();
    await second.write('said by the second\n');
    await page.getByText('said by the second').waitFor();
    expect(open()).toHaveLength(1);
    expect(open()[0]).toContain(`job_id=${yard.jobs['other']}`);

    // The stream it has told of everything meanwhile.
    await first.write('said later\n');
    await first.finish('failed');
    await page.getByRole('link', { name: /^Failed writes/ }).click();
    await page.getByText('said later').waitFor();
    await badge(page, 'Failed').waitFor();
    await page.getByRole('link', { name: 'Pipelines', exact: true }).click();
    await page.waitForURL(/pipelines$/);
    await expect.poll(open).toHaveLength(1);
    await expect.poll(() => open()[0]).not.toContain('job_id');
  });

  test('gets each byte once, through a connection that breaks off', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    const page = await visit(server);
    const open = streamsOf(page);
    await page.goto(yard.page('writes'));
    const euro = Buffer.from('five €\n');
    await job.write('one\n');
    await job.write(euro.subarray(0, 6));
    await page.getByText('one', { exact: true }).waitFor();
    await page.context().setOffline(true);
    await page.getByRole('status').getByText('Offline', { exact: true }).waitFor();
    await job.write(euro.subarray(6));
    await job.write('written while nobody heard\n');
    await page.context().setOffline(false);
    await page.getByText('written while nobody heard').waitFor();
    await page.getByText('five €', { exact: true }).waitFor();
    expect(await count(page, 'one')).toBe(1);
    expect(await line(page, 3).textContent()).toBe('3written while nobody heard');
    await job.finish('success');
    await badge(page, 'Passed').waitFor();
    await page.getByText('Live', { exact: true }).waitFor({ state: 'hidden' });
    expect(open()).toHaveLength(1);
  });

  test('never shows two logs in one, though it was away while its runner sent another', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write('of the first\n');
    const page = await visit(server);
    await page.goto(yard.page('writes'));
    await page.getByText('of the first').waitFor();
    await page.context().setOffline(true);
    await page.getByRole('status').getByText('Offline', { exact: true }).waitFor();
    await job.beginAgain();
    await job.write('of the second\n');
    await job.write('and longer than the first\n');
    await page.context().setOffline(false);
    await page.getByText('and longer than the first').waitFor();
    expect(await line(page, 1).textContent()).toBe('1of the second');
    expect(await count(page, 'of the first')).toBe(0);
    await job.write('still the second\n');
    await page.getByText('still the second').waitFor();
  });

  test('nor where it may have no stream', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write('of the first\n');
    const page = await visit(server);
    await page.clock.install();
    await page.route('**/events/stream**', (route) => route.fulfill({ status: 429, json: {} }));
    await page.goto(yard.page('writes'));
    await page.getByText('of the first').waitFor();
    await job.beginAgain();
    await job.write('of the second\nand longer than the first\n');
    await page.clock.fastForward(11_000);
    await page.getByText('and longer than the first').waitFor();
    expect(await line(page, 1).textContent()).toBe('1of the second');
    expect(await count(page, 'of the first')).toBe(0);
  });

  test('asks for the log every ten seconds where it may have no stream', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write('before\n');
    const page = await visit(server);
    await page.clock.install();
    await page.route('**/events/stream**', (route) => route.fulfill({ status: 429, json: {} }));
    await page.goto(yard.page('writes'));
    await page.getByText('before').waitFor();
    await job.write('asked for\n');
    await page.clock.fastForward(11_000);
    await page.getByText('asked for').waitFor();
    await job.write('the last\n');
    await job.finish('success');
    await page.clock.fastForward(11_000);
    await page.getByText('the last').waitFor();
    await page.getByText('Live', { exact: true }).waitFor({ state: 'hidden' });
    expect(await count(page, 'asked for')).toBe(1);
  });

  test('shows nothing more of a log that begins to show secrets, to whoever may not see them', async () => {
    const yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write('plain\n');
    const reporter = await memberOf(server.api, yard, 'reporter');
    const page = await visit(server, { as: reporter });
    const open = streamsOf(page);
    await page.goto(yard.page('writes'));
    await page.getByText('plain').waitFor();
    await job.write('a secret\n', { debug: true });
    await page.getByText('You may not read this log').waitFor();
    expect(await page.getByText('a secret').count()).toBe(0);
    // All else goes on.
    await job.finish('success');
    await badge(page, 'Passed').waitFor();
    await page.reload();
    await page.getByText('You may not read this log').waitFor();
    await expect.poll(open).toHaveLength(1);
  });

  test('says of a job that is canceled before it began that it has no log', async () => {
    const yard = await ciYard(server, WRITES);
    const page = await visit(server);
    await page.goto(yard.page('writes'));
    await page.getByText('The job waits for a runner').waitFor();
    await server.api('POST', `/projects/${yard.id}/jobs/${yard.jobs['writes']}/cancel`);
    await page.getByText('The job has no log').waitFor();
  });
});
