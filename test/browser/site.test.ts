import { beforeAll, expect, test } from 'vitest';
import { commit, gitProject, workTree } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import { bootServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { describeInBrowser, visit } from './support/browser.ts';

const CONFIGURATION = `
pages:
  script: echo as it is
  pages: { publish: site }
`;
/** Tries what a page that a job has made must not be able to, and shows what came of it. */
const SCRIPT = `
const tries = {
  async reads() { return (await fetch('/api/v4/user')).status },
  async credentials() { return (await fetch('/api/v4/user', { credentials: 'include' })).status },
  async session() { return (await (await fetch('/api/v4/session')).json()).csrf_token },
  async changes() {
    const body = JSON.stringify({ name: 'made-by-a-site' });
    return (await fetch('/api/v4/projects', { method: 'POST', body, mode: 'no-cors', credentials: 'include' })).type;
  },
  async cookies() { return document.cookie },
  async storage() { return localStorage.length },
};
(async () => {
  const found = {};
  for (const [name, attempt] of Object.entries(tries))
    found[name] = await attempt().catch((error) => error.name);
  document.body.dataset.found = JSON.stringify(found);
})();
`;
const PAGE =
  '<!doctype html><link rel="stylesheet" href="style.css"><script defer src="script.js"></script><h1>Report</h1>';

describeInBrowser('the site of a private project', () => {
  let server: TestServer;
  let project: Awaited<ReturnType<typeof gitProject>>;
  beforeAll(async () => {
    server = await bootServer({ config: { runner: true } });
    project = await gitProject(server);
    const tree = await workTree(project.remote());
    await commit(tree, {
      '.gitlab-ci.yml': CONFIGURATION,
      'site/index.html': PAGE,
      'site/style.css': 'h1 { color: rgb(1, 2, 3) }',
      'site/script.js': SCRIPT,
    });
    await git(tree, 'push', '--quiet', 'origin', 'HEAD:main');
    const pipeline = async () => (await project.pipelines()).find(({ status }) => status === 'success');
    await until('the site is there', pipeline);
  });

  test('looks as it should to whoever has signed in, and can do nothing with that', async () => {
    const page = await visit(server);
    const cookies = new Map<string, string | undefined>();
    page.on('response', async (response) => {
      const request = response.request();
      const { cookie } = await request.allHeaders();
      cookies.set(`${request.method()} ${new URL(request.url()).pathname.split('/').at(-1)}`, cookie);
    });
    await page.goto(`/-/pages/${project.id}/`);
    const heading = page.getByRole('heading', { name: 'Report' });
    await heading.waitFor();
    await expect
      .poll(() => heading.evaluate((element) => getComputedStyle(element).color))
      .toBe('rgb(1, 2, 3)');
    await page.locator('body[data-found]').waitFor();
    expect(JSON.parse((await page.locator('body').getAttribute('data-found')) ?? '')).toEqual({
      reads: 'TypeError',
      credentials: 'TypeError',
      session: 'TypeError',
      changes: 'opaque',
      cookies: 'SecurityError',
      storage: 'SecurityError',
    });
    expect(cookies.get('GET index.html')).toContain('jobyard_session=');
    for (const request of ['GET style.css', 'GET script.js', 'POST projects'])
      expect([request, cookies.has(request), cookies.get(request)]).toEqual([request, true, undefined]);
    const { body } = await server.api('GET', '/projects?search=made-by-a-site');
    expect(body).toEqual([]);
  });

  test('is not there for others, who get its address', async () => {
    const page = await visit(server);
    await page.goto(`/-/pages/${project.id}/`);
    const address = page.url();
    expect(address).toContain('/-/site/');
    const other = await visit(server, { as: null });
    expect((await other.goto(address))?.status()).toBe(404);
  });
});
