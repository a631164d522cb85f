import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';
import { zipOf } from '../support/zip.ts';
import { describeInBrowser, visit } from './support/browser.ts';
import { ciYard, type Yard } from './support/ci-yard.ts';
import { WRITES } from './support/job-page.ts';

/** A coverage report as tools make them. */
const REPORT = {
  'cov/index.html':
    '<!doctype html><link rel="stylesheet" href="assets/style.css"><script src="assets/sorter.js" defer></script>' +
    '<script type="module" src="assets/totals.js"></script><h1>Coverage</h1><p id="sorted"></p><p id="total"></p>' +
    '<a href="src/app.js.html">app.js</a><a target="_top" href="/">away</a>',
  'cov/assets/style.css': 'h1 { color: rgb(1, 2, 3); background: url(dot.svg) }',
  'cov/assets/dot.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
  'cov/assets/sorter.js': 'document.querySelector("#sorted").textContent = "sorted";',
  'cov/assets/totals.js':
    'const { total } = await (await fetch("data.json")).json();' +
    'document.querySelector("#total").textContent = "total " + total;',
  'cov/data.json': '{"total": 97}',
  'cov/src/app.js.html':
    '<!doctype html><link rel="stylesheet" href="../assets/style.css"><h1>app.js</h1><a href="../">All files</a>',
};
/** Tries what it must not be able to, shows what came of it, and at last tries to leave. */
const hostile = (elsewhere: string) => `<!doctype html><h1>Hostile</h1>
<form id="form" method="post" action="/api/v4/projects"><input name="name" value="made-by-a-form"></form>
<script>
const body = JSON.stringify({ name: 'made-by-a-report' });
const tries = {
  async parent() { return parent.document.title },
  async top() { return top.document.cookie },
  async leads() { top.location = ${JSON.stringify(elsewhere)}; return 'asked' },
  async cookies() { return document.cookie },
  async storage() { return localStorage.length },
  async user() { return (await fetch('/api/v4/user')).status },
  async credentials() { return (await fetch('/api/v4/user', { credentials: 'include' })).status },
  async session() { return (await (await fetch('/api/v4/session', { credentials: 'include' })).json()).csrf_token },
  async changes() {
    return (await fetch('/api/v4/projects', { method: 'POST', body, mode: 'no-cors', credentials: 'include' })).type;
  },
  async elsewhere() { return (await fetch(${JSON.stringify(elsewhere)}, { mode: 'no-cors' })).type },
  async window() { return window.open('/') === null ? 'none' : 'opened' },
  async dialog() { return prompt('Your password?') },
  async frame() {
    const frame = document.body.appendChild(document.createElement('iframe'));
    frame.src = '/';
    await new Promise((done) => { frame.onload = done; setTimeout(done, 1000) });
    return frame.contentDocument?.title ?? 'not to be read';
  },
};
(async () => {
  const found = {};
  for (const [name, attempt] of Object.entries(tries))
    found[name] = await attempt().catch((error) => error.name);
  new Image().src = ${JSON.stringify(elsewhere)};
  navigator.sendBeacon(${JSON.stringify(elsewhere)});
  document.querySelector('#form').submit();
  document.body.dataset.found = JSON.stringify(found);
})();
</script>`;

const colour = (frame: ReturnType<Page['frameLocator']>, name: string) =>
  frame.getByRole('heading', { name }).evaluate((element) => getComputedStyle(element).color);

describeInBrowser('a report that a job has left', () => {
  let server: TestServer;
  let yard: Yard;
  const asked: string[] = [];
  const elsewhere = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  });
  beforeAll(async () => {
    server = await bootServer();
    await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
    const other = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/seen`;
    yard = await ciYard(server, WRITES);
    const job = await yard.take();
    await job.write('done\n');
    await job.upload(await zipOf({ ...REPORT, 'hostile.html': hostile(other) }));
    await job.finish('success');
  });
  afterAll(() => elsewhere.close());

  const open = async (page: Page, path: string) => {
    await page.goto(`${yard.page('writes')}/artifacts/browse/${path}`);
    return page.frameLocator('iframe');
  };

  test('has its styles, scripts, data and links', async () => {
    const page = await visit(server);
    const frame = await open(page, 'cov/index.html');
    await frame.getByText('sorted').waitFor();
    await frame.getByText('total 97').waitFor();
    await expect.poll(() => colour(frame, 'Coverage')).toBe('rgb(1, 2, 3)');
    await frame.getByRole('link', { name: 'app.js' }).click();
    await expect.poll(() => colour(frame, 'app.js')).toBe('rgb(1, 2, 3)');
    await frame.getByRole('link', { name: 'All files' }).click();
    await frame.getByRole('heading', { name: 'Coverage' }).waitFor();
    expect(page.url()).toContain('/artifacts/browse/cov/index.html');
  });

  test('can do nothing as whoever looks at it, nor leave its frame', async () => {
    const page = await visit(server, { refusals: 'expected' });
    const cookies: (string | undefined)[] = [];
    page.on('request', async (request) => {
      if (request.frame() !== page.mainFrame() && request.resourceType() !== 'document')
        cookies.push((await request.allHeaders())['cookie']);
    });
    const frame = await open(page, 'hostile.html');
    const address = page.url();
    const done = frame.locator('body[data-found]');
    await done.waitFor();
    expect(JSON.parse((await done.getAttribute('data-found')) ?? '')).toEqual({
      parent: 'SecurityError',
      top: 'SecurityError',
      leads: 'SecurityError',
      cookies: 'SecurityError',
      storage: 'SecurityError',
      user: 'TypeError',
      credentials: 'TypeError',
      session: 'TypeError',
      changes: 'opaque',
      elsewhere: 'TypeError',
      window: 'none',
      dialog: null,
      frame: 'not to be read',
    });
    await page.waitForLoadState('networkidle');
    expect(page.url()).toBe(address);
    expect(page.context().pages()).toHaveLength(1);
    await frame.getByRole('heading', { name: 'Hostile' }).waitFor();
    expect(asked).toEqual([]);
    for (const name of ['made-by-a-report', 'made-by-a-form'])
      expect((await server.api('GET', `/projects?search=${name}`)).body).toEqual([]);
    expect(cookies.length).toBeGreaterThan(3);
    expect(cookies.filter((cookie) => cookie?.includes('jobyard_session'))).toEqual([]);
  });

  test('is shown by its address alone only where it is a page of this server, to who may see it', async () => {
    const page = await visit(server);
    const frame = await open(page, 'cov/index.html');
    await frame.getByText('sorted').waitFor();
    const [, inner] = page.frames();
    const address = inner?.url() ?? '';
    expect(address).toContain('/-/site/');
    await page.goto(address);
    expect(page.url()).toContain('/artifacts/file/cov/index.html');
    await page.frameLocator('iframe').getByText('sorted').waitFor();
    const other = await visit(server, { as: null });
    await other.goto(address);
    await other.getByText('Nothing is here').waitFor();
    expect(await other.content()).not.toContain('Coverage');
  });
});
