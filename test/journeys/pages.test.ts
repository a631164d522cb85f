import { beforeAll, describe, expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { databases } from '../support/databases.ts';
import { commit, gitProject, workTree } from '../support/git-project.ts';
import { git } from '../support/git.ts';
import { personWith } from '../support/job-scenes.ts';
import { bootServer, type TestServer } from '../support/server.ts';

const site = (text: string, more = '') => `
pages:
  script:
    - mkdir -p site/docs
    - echo '<script>fetch("/api/v4/user")</script>${text}' > site/index.html
    - echo 'body{}' > site/style.css
    - echo '<svg/>' > site/logo.svg
    - echo nested > site/docs/index.html
    - echo outside > secret.txt
    ${more}
  pages: { publish: site }
  artifacts: { paths: [secret.txt] }
`;

describe.each(databases)('the site of a project, on %s', (database) => {
  let server: TestServer;
  let project: Awaited<ReturnType<typeof gitProject>>;
  let tree: string;
  beforeAll(async () => {
    server = await bootServer({ database, config: { runner: true } });
    project = await gitProject(server);
    tree = await workTree(project.remote());
  });

  async function push(config: string, branch: string, status: string) {
    await commit(tree, { '.gitlab-ci.yml': config });
    await git(tree, 'push', '--quiet', 'origin', `HEAD:${branch}`);
    const latest = async () => (await project.pipelines(`?ref=${branch}`))[0]?.status;
    await expect.poll(latest, { timeout: 30_000 }).toBe(status);
  }
  const page = (path: string, token: string | null = server.rootToken) =>
    server.api<string>('GET', `/-/pages/${project.id}${path}`, { token });

  test('is what the last successful job of the default branch has left', async () => {
    expect((await page('/index.html')).status).toBe(404);
    await push(site('first'), 'main', 'success');
    const first = await page('/index.html');
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(first.body).toContain('first');
    expect((await page('')).headers.get('location')).toBe(`${server.url}/-/pages/${project.id}/index.html`);
    expect((await page('/style.css')).headers.get('content-type')).toBe('text/css; charset=utf-8');
    for (const path of ['/docs/', '/docs/index.html']) expect((await page(path)).body, path).toBe('nested\n');
    // Else what a page links to would be looked for beside its folder.
    const folder = await page('/docs');
    expect([folder.status, folder.headers.get('location')]).toEqual([
      302,
      `${server.url}/-/pages/${project.id}/docs/`,
    ]);
    expect((await page('/')).headers.get('location')).toBe(`${server.url}/-/pages/${project.id}/index.html`);
    for (const path of ['/none.html', '/secret.txt', '/..%2Fsecret.txt', '/%2E%2E/secret.txt'])
      expect((await page(path)).status, path).toBe(404);

    // Neither a job that fails nor another branch takes its place.
    await push(site('failed', '- exit 1'), 'main', 'failed');
    await push(site('elsewhere'), 'topic', 'success');
    expect((await page('/index.html')).body).toContain('first');
    await push(site('second'), 'main', 'success');
    expect((await page('/index.html')).body).toContain('second');
  });

  test('runs in a sandbox, without the rights of who looks at it', async () => {
    for (const path of ['/index.html', '/logo.svg']) {
      const { headers } = await page(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^sandbox /);
      expect(policy).not.toContain('allow-same-origin');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('set-cookie')).toBeNull();
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
    const [etag] = [(await page('/index.html')).headers.get('etag')];
    const again = await server.api('GET', `/-/pages/${project.id}/index.html`, {
      headers: { 'if-none-match': etag ?? '' },
    });
    expect(again.status).toBe(304);
  });

  test('is shown to whoever has signed in, and what its scripts ask for is answered as to nobody', async () => {
    const browser = new Browser(server);
    await browser.signIn('root', server.rootPassword);
    const ask = (path: string, headers: Record<string, string>, method = 'GET') =>
      browser.ask<string>(method, path, { headers: { 'sec-fetch-site': 'cross-site', ...headers } });
    const link = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const plain = `/-/pages/${project.id}/index.html`;
    const led = await ask(`${plain}?x=1`, link);
    const address = led.headers.get('location') ?? '';
    expect([led.status, address]).toEqual([
      302,
      expect.stringMatching(/\/-\/site\/[\w.-]+\/index\.html\?x=1$/),
    ]);
    const shown = await ask(address, link);
    expect([shown.status, shown.body]).toEqual([200, expect.stringContaining('<script>')]);
    expect(shown.headers.get('content-security-policy')).toMatch(/^sandbox allow-scripts allow-popups;/);
    // A browser would not even send the cookie.
    const script = { origin: 'null', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
    expect((await ask('/user', script)).status).toBe(401);
    expect((await ask('/projects', script, 'POST')).status).toBe(401);
    expect((await ask('/session', script)).body).toMatchObject({ user: null, csrf_token: null });
    for (const [path, dest] of [
      [plain, 'iframe'],
      [`/-/pages/${project.id}/style.css`, 'style'],
      [`/projects/${project.id}/jobs/1/artifacts/secret.txt`, 'image'],
    ] as const)
      expect((await ask(path, { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': dest })).status, path).toBe(
        404,
      );
    const raw = `${server.url}/${project.path}/-/raw/main/.gitlab-ci.yml`;
    const file = await ask(raw, link);
    expect(file.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
    expect(file.status).toBe(200);
    expect((await ask(raw, { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' })).status).toBe(404);
  });

  test('has its styles and pictures where only those who have signed in see it', async () => {
    const browser = new Browser(server);
    await browser.signIn('root', server.rootPassword);
    const link = { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    // What belongs to a page without an origin is asked for without the cookie.
    const style = {
      cookie: null,
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'no-cors',
      'sec-fetch-dest': 'style',
    };
    const goTo = (who: Browser, address: string) => who.ask<string>('GET', address, { headers: link });
    const led = (await goTo(browser, `/-/pages/${project.id}/docs`)).headers.get('location') ?? '';
    const folder = (await goTo(browser, led)).headers.get('location') ?? '';
    expect(folder).toBe(`${led}/`);
    expect((await goTo(browser, folder)).body).toBe('nested\n');
    const beside = async (path: string, headers: Record<string, string | null> = style) =>
      (await browser.ask('GET', new URL(path, folder).href, { headers })).status;
    expect(await beside('../style.css')).toBe(200);
    expect(await beside('../none.css')).toBe(404);
    expect(await beside('../../secret.txt')).toBe(404);

    // Others who get the address have no page of it, and another pass opens nothing.
    const stranger = await goTo(new Browser(server), folder);
    expect([stranger.status, stranger.headers.get('location')]).toEqual([
      302,
      `${server.url}/-/pages/${project.id}/docs/`,
    ]);
    const forged = folder.replace(/site\/[^/]+/, (pass) => `${pass.slice(0, -3)}AAA`);
    for (const headers of [link, style])
      expect((await browser.ask('GET', forged, { headers })).status).toBe(404);

    const person = await personWith(server.api, 'guest', project.id);
    await server.api('PUT', `/users/${person.id}`, { body: { password: 'a password of a guest' } });
    const guest = new Browser(server);
    await guest.signIn(person.username, 'a password of a guest');
    const theirs = (await goTo(guest, `/-/pages/${project.id}/style.css`)).headers.get('location') ?? '';
    const seen = async () => (await guest.ask('GET', theirs, { headers: style })).status;
    expect(await seen()).toBe(200);
    await server.api('DELETE', `/projects/${project.id}/members/${person.id}`);
    expect(await seen()).toBe(404);
    expect((await goTo(guest, theirs)).status).toBe(404);
  });

  test('is not shown under an address that holds a token, which its scripts could read', async () => {
    for (const name of ['private_token', 'access_token', 'private%5ftoken']) {
      const path = `/index.html?x=1&${name}=${server.rootToken}`;
      const refused = await page(path, null);
      expect(refused.status, name).toBe(400);
      expect(refused.body, name).toEqual({
        message: '400 Bad request - a token goes into a header here: a page could read it in its address',
      });
    }
    expect((await page('/index.html?x=1')).status).toBe(200);
  });

  test('is for those who may see the jobs', async () => {
    expect((await page('/index.html', null)).status).toBe(404);
    const outsider = await personWith(server.api, 'outsider', project.id);
    expect((await page('/index.html', outsider.token)).status).toBe(404);
    const guest = await personWith(server.api, 'guest', project.id);
    expect((await page('/index.html', guest.token)).status).toBe(200);
  });
});
