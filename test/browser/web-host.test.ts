import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { RESUMED } from '../support/event-house.ts';
import { followEvents } from '../support/followed-events.ts';
import { bootServer, type TestServer } from '../support/server.ts';

const ASSETS = resolve(import.meta.dirname, '../../web/dist/assets');
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
let server: TestServer;
beforeAll(async () => {
  server = await bootServer();
});
const signedIn = async () => {
  const browser = new Browser(server);
  await browser.signIn('root', server.rootPassword);
  return browser;
};
const lengthOf = ({ headers }: { headers: Headers }) => Number(headers.get('content-length'));
const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers });

describe('the server', () => {
  test.each([
    '/',
    '/group/project',
    '/a/b/c/-/pipelines/9',
    '/a/b/-/jobs/42',
    '/users/sign_in',
    '/admin/runners',
  ])('gives a browser the app at %s', async (path) => {
    const reply = await get(path, HTML);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(await reply.text()).toContain('<div id="root">');
  });

  test('allows the app no script and no style but its own files', async () => {
    const policy = (await get('/', HTML)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(policy).not.toContain('unsafe');
    const html = await (await get('/', HTML)).text();
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/);
  });

  test('tells the pages of whoever has signed in where their events go on, though nobody follows them yet', async () => {
    const project = await server.api<{ id: number }>('POST', '/projects', { body: { name: 'told' } });
    const html = (await (await signedIn()).ask<string>('GET', `${server.url}/`, { headers: HTML })).body;
    const [, id = ''] = /<meta name="last-event-id" content="([^"]+)">/.exec(html) ?? [];
    const at = `/projects/${project.body.id}`;
    const made = await server.api<{ id: number }>('POST', `${at}/environments`, { body: { name: 'one' } });
    const path = `${at}/events/stream?types=environment&last_event_id=${id}`;
    const followed = await followEvents(server.url, server.rootToken, path);
    expect(await followed.next()).toMatchObject({ id, ...RESUMED });
    expect((await followed.next())?.data).toMatchObject({ id: made.body.id });
    followed.close();
  });

  test('keeps no events for those who have not signed in, nor for a HEAD', async () => {
    const page = (browser: Browser, method: string) =>
      browser.ask<string>(method, `${server.url}/`, { headers: HTML });
    const [nobody, somebody] = [await page(new Browser(server), 'GET'), await page(await signedIn(), 'GET')];
    expect(nobody.body).toContain('<div id="root">');
    expect(nobody.body).not.toContain('last-event-id');
    expect(lengthOf(somebody)).toBeGreaterThan(lengthOf(nobody));
    expect(lengthOf(await page(await signedIn(), 'HEAD'))).toBe(lengthOf(nobody));
  });

  test('names the font of the app in the HTML, so that no text waits for it', async () => {
    const html = await (await get('/', HTML)).text();
    const [, font = ''] = /<link rel="preload" as="font" [^>]*href="([^"]+)"/.exec(html) ?? [];
    expect(font).toMatch(/inter-latin-/);
    const reply = await get(font);
    expect(reply.headers.get('content-type')).toBe('font/woff2');
    const styles = readdirSync(ASSETS).find((name) => /^index-.*\.css$/.test(name)) ?? '';
    expect(readFileSync(resolve(ASSETS, styles), 'utf8')).toContain(font);
  });

  test('tells everybody else that nothing is there', async () => {
    for (const path of ['/group/project', '/a/b/-/jobs/42', '/nowhere']) {
      const reply = await get(path);
      expect(reply.status).toBe(404);
      expect(await reply.json()).toEqual({ error: '404 Not Found' });
    }
  });

  test.each(['/api/v4/nothing', '/assets/nothing.js', '/-/pages/99999/', '/oauth/nothing'])(
    'has no page at %s, whoever asks',
    async (path) => {
      const reply = await get(path, HTML);
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(await reply.text()).not.toContain('<div id="root">');
    },
  );

  test('gives out the files of the app to be kept for ever, compressed for whoever takes that', async () => {
    const script = readdirSync(ASSETS).find((name) => /^index-.*\.js$/.test(name)) ?? '';
    const plain = await get(`/assets/${script}`, { 'accept-encoding': 'identity' });
    expect(plain.headers.get('cache-control')).toBe('public,max-age=31536000,immutable');
    expect(plain.headers.get('content-type')).toMatch(/javascript/);
    const brotli = await get(`/assets/${script}`, { 'accept-encoding': 'br' });
    expect(brotli.headers.get('content-encoding')).toBe('br');
    expect(await brotli.text()).toBe(await plain.text());
  });

  test('gives out nothing from beside them', async () => {
    for (const path of [
      '/assets/../index.html',
      '/assets/%2e%2e/index.html',
      '/assets/..%2f.made-of',
      '/assets/.made-of',
    ])
      expect((await get(path)).status, path).toBeGreaterThanOrEqual(400);
  });

  test('needs less than 200 KB of compressed script for the first page', async () => {
    const html = await (await get('/', HTML)).text();
    const first = [...html.matchAll(/(?:src|href)="\/assets\/([^"]+\.js)"/g)].map((match) => match[1] ?? '');
    expect(first.length).toBeGreaterThan(0);
    const bytes = first.map((name) => gzipSync(readFileSync(resolve(ASSETS, name))).length);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(200_000);
  });
});
