import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { databases } from '../support/databases.ts';
import { type JobScene, jobIn, personWith } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { zipOf } from '../support/zip.ts';

const HOUR = 3_600_000;
const PASSWORD = 'a password of root';
const REPORT = {
  'htmlcov/index.html': '<link rel="stylesheet" href="style.css"><a href="src/">src</a>',
  'htmlcov/style.css': 'h1 { color: red }',
  'htmlcov/sorter.js': 'sort()',
  'htmlcov/logo.svg': '<svg/>',
  'htmlcov/data.json': '{}',
  'htmlcov/src/index.html': 'the folder',
  'htmlcov/a b/100%.html': 'odd',
  'secret.txt': 'beside it',
};
/** How a browser asks for the page of a frame in a page of this server. */
const FRAME = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
/** How it asks for what a page without an origin needs, and for the page that a link in it leads to. */
const alien = (mode: string, dest: string) => ({
  cookie: null,
  'sec-fetch-site': 'cross-site',
  'sec-fetch-mode': mode,
  'sec-fetch-dest': dest,
});
const STYLE = alien('no-cors', 'style');
const LINK = alien('navigate', 'iframe');

const get = (who: Browser, path: string, headers: Record<string, string | null>) =>
  who.ask<string>('GET', path, { headers });

describe.each(databases)('HTML that a job has left, on %s', (kind) => {
  let house: RunnerHouse;
  let job: JobScene;
  let root: Browser;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    const { body: me } = await house.api<{ id: number }>('GET', '/user');
    await house.api('PUT', `/users/${me.id}`, { body: { password: PASSWORD } });
    job = await jobIn(house, 'success', { archive: await zipOf(REPORT) });
  });
  beforeEach(async () => {
    root = new Browser(house);
    await root.signIn('root', PASSWORD);
  });

  const opened = (who: Browser, path: string, { at } = job) =>
    get(who, `${at}/artifacts/${path}?as_page=true`, FRAME);
  /** The address that a browser is led to. */
  const addressOf = async (who: Browser, path = 'htmlcov/index.html', scene = job) => {
    const { status, headers } = await opened(who, path, scene);
    expect(status).toBe(302);
    return house.url + headers.get('location');
  };
  const someone = async (role: 'guest' | 'developer' | 'outsider', project_id: number) => {
    const { id, username } = await personWith(house.api, role, project_id);
    const password = `a password of the ${role}`;
    await house.api('PUT', `/users/${id}`, { body: { password } });
    const browser = new Browser(house);
    expect((await browser.signIn(username, password)).status).toBe(201);
    return { id, browser };
  };

  test('is shown with its styles, scripts, pictures and links, in a sandbox of no origin', async () => {
    const address = await addressOf(root);
    expect(address).toMatch(/\/-\/site\/[\w.-]+\/htmlcov\/index\.html$/);
    const page = await get(root, address, FRAME);
    expect([page.status, page.body]).toEqual([200, REPORT['htmlcov/index.html']]);
    for (const [path, type, headers] of [
      ['index.html', 'text/html; charset=utf-8', LINK],
      ['style.css', 'text/css; charset=utf-8', STYLE],
      ['sorter.js', 'text/javascript; charset=utf-8', alien('no-cors', 'script')],
      ['logo.svg', 'image/svg+xml', alien('no-cors', 'image')],
      ['data.json', 'application/json', alien('cors', 'empty')],
      ['src/', 'text/html; charset=utf-8', LINK],
      ['a%20b/100%25.html', 'text/html; charset=utf-8', LINK],
    ] as const) {
      const found = await get(root, new URL(path, address).href, headers);
      expect([path, found.status, found.headers.get('content-type')]).toEqual([path, 200, type]);
      const policy = found.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^sandbox allow-scripts; default-src 'none'; /);
      expect(policy).toMatch(/form-action 'none'; frame-ancestors 'self'$/);
      expect(policy).not.toMatch(/allow-(same-origin|popups|forms|top|modals|downloads)|https?:|\*/);
      expect(found.headers.get('x-content-type-options')).toBe('nosniff');
      expect(found.headers.get('referrer-policy')).toBe('no-referrer');
      expect(found.headers.get('set-cookie')).toBeNull();
    }
    const folder = await get(root, new URL('src', address).href, LINK);
    expect([folder.status, folder.headers.get('location')]).toEqual([302, new URL('src/', address).pathname]);
    for (const path of ['none.css', 'none/', '%2e%2e/secret.txt/x', '../../../../api/v4/user'])
      expect((await get(root, new URL(path, address).href, STYLE)).status, path).not.toBe(200);
  });

  test('lets its own scripts read what is beside it, and nobody who has no such address', async () => {
    const address = await addressOf(root);
    const beside = await get(root, address, alien('cors', 'empty'));
    expect(beside.headers.get('access-control-allow-origin')).toBe('*');
    expect(beside.headers.get('access-control-allow-credentials')).toBeNull();
    for (const path of ['/user', `${job.at}/artifacts/secret.txt`]) {
      const other = await root.ask('GET', path, { headers: { ...alien('cors', 'empty'), origin: 'null' } });
      expect([401, 404]).toContain(other.status);
      expect(other.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('is never a page by itself, where it would look like one of this server', async () => {
    const address = await addressOf(root, 'htmlcov/a%20b/100%25.html');
    const { body: project } = await house.api<{ path_with_namespace: string }>('GET', job.project);
    const document = { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const led = await get(root, address, document);
    expect([led.status, led.headers.get('location')]).toEqual([
      302,
      `/${project.path_with_namespace}/-/jobs/${job.id}/artifacts/file/htmlcov/a%20b/100%25.html`,
    ]);
  });

  test('is reached by no other address: not by a forged one, one of another job, or one that has ended', async () => {
    const address = await addressOf(root);
    const forged = address.replace(/site\/[^/]+/, (pass) => `${pass.slice(0, -3)}AAA`);
    expect((await get(root, forged, STYLE)).status).toBe(404);
    const other = await jobIn(house, 'success', { archive: await zipOf({ 'other.html': 'of another job' }) });
    const theirs = await addressOf(root, 'other.html', other);
    expect((await get(root, theirs, LINK)).body).toBe('of another job');
    expect((await get(root, theirs.replace('other.html', 'secret.txt'), STYLE)).status).toBe(404);
    expect((await get(root, new URL('other.html', address).href, STYLE)).status).toBe(404);
    // It opens no site either, nor counts as who was signed in.
    const pass = /site\/([^/]+)/.exec(address)?.[1] ?? '';
    const bearer = { authorization: `Bearer ${pass}`, cookie: null };
    expect((await root.ask('GET', '/user', { headers: bearer })).status).toBe(401);
    const before = house.ahead;
    house.ahead += HOUR;
    const ended = await get(root, address, LINK);
    house.ahead = before;
    expect([ended.status, ended.body]).toEqual([404, expect.stringContaining('Reload the page')]);
    expect(ended.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
  });

  test('is for those who may see it, when they open it and later', async () => {
    const stranger = await someone('outsider', job.project_id);
    expect((await opened(stranger.browser, 'htmlcov/index.html')).status).toBe(404);
    expect((await opened(new Browser(house), 'htmlcov/index.html')).status).toBe(404);
    const guest = await someone('guest', job.project_id);
    const address = await addressOf(guest.browser);
    expect((await get(guest.browser, address, STYLE)).status).toBe(200);
    await house.api('DELETE', `${job.project}/members/${guest.id}`);
    expect((await get(guest.browser, address, STYLE)).status).toBe(404);
    await house.api('POST', `${job.project}/members`, { body: { user_id: guest.id, access_level: 10 } });
    expect((await get(guest.browser, address, STYLE)).status).toBe(200);
    await house.api('POST', `/users/${guest.id}/block`);
    expect((await get(guest.browser, address, STYLE)).status).toBe(404);
  });

  test('is kept from those whom the job keeps its artifacts from', async () => {
    const kept = await jobIn(house, 'success', { archive: await zipOf(REPORT) });
    await house.parts.db.write((tx) =>
      tx
        .updateTable('job_artifacts')
        .set({ accessibility: 'private' })
        .where('job_id', '=', kept.id)
        .execute(),
    );
    const guest = await someone('guest', kept.project_id);
    expect((await opened(guest.browser, 'htmlcov/index.html', kept)).status).toBe(403);
    const developer = await someone('developer', kept.project_id);
    const address = await addressOf(developer.browser, 'htmlcov/index.html', kept);
    expect((await get(developer.browser, address, STYLE)).status).toBe(200);
    await house.api('PUT', `${kept.project}/members/${developer.id}`, { body: { access_level: 10 } });
    expect((await get(developer.browser, address, STYLE)).status).toBe(403);
  });

  test('of what everybody may see is shown to who has not signed in', async () => {
    const open = await jobIn(house, 'success', { archive: await zipOf(REPORT) });
    await house.api('PUT', open.project, { body: { visibility: 'public' } });
    const nobody = new Browser(house);
    const address = await addressOf(nobody, 'htmlcov/index.html', open);
    expect((await get(nobody, address, STYLE)).status).toBe(200);
    await house.api('PUT', open.project, { body: { visibility: 'private' } });
    expect((await get(nobody, address, STYLE)).status).toBe(404);
  });

  test('leads nowhere by a path that a browser would read as another, and for no token', async () => {
    for (const path of ['..%2F..%2Fup.html', 'a%2F%2Fb.html', '.%2Fhtmlcov%2Findex.html'])
      expect((await opened(root, path)).status, path).toBe(404);
    const token = { 'private-token': house.rootToken, cookie: null };
    const asked = `${job.at}/artifacts/htmlcov/index.html?as_page=true`;
    const shown = await root.ask('GET', asked, { headers: token });
    expect(shown.status).toBe(200);
    expect(shown.headers.get('content-security-policy')).toMatch(
      /^sandbox allow-scripts; default-src 'none'/,
    );
    expect((await opened(root, 'htmlcov/style.css')).headers.get('content-type')).toBe(
      'text/plain; charset=utf-8',
    );
  });
});
