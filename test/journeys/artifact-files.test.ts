import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { FILES, QUOTED } from '../support/archived-files.ts';
import { databases } from '../support/databases.ts';
import { fetchBytes } from '../support/fetch-bytes.ts';
import { jobIn, refusal } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';
import { zipOf } from '../support/zip.ts';

const NOT_FOUND = [404, { message: '404 Not Found' }];
const BAD_REQUEST = [400, { message: '400 Bad request' }];
describe.each(databases)('the files in an archive, on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  let at: string;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
    const { at: job } = await jobIn(house, 'success', { archive: await zipOf(FILES) });
    at = `${job}/artifacts`;
  });

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetchBytes(house, path, headers, method);

  test.each([
    ['top.txt', 'top\n'],
    ['dist/app.js', 'alert(1)'],
    ['dist%2Fapp.js', 'alert(1)'],
    ['dist%2fdeep/er/data.bin', '\0\u0001\u0002\ufffd'],
    ['with%20space/%C3%BC%25.txt', 'odd'],
    ['tree/kept.txt', 'below a folder of that name'],
    [encodeURIComponent(QUOTED), 'quoted'],
  ])('%s', async (path, expected) => {
    const { status, bytes } = await get(`${at}/${path}`);
    expect([status, bytes.toString()]).toEqual([200, expected]);
  });

  test.each([
    'none.txt',
    'dist',
    'dist/',
    'TOP.txt',
    '../top.txt',
    '%2e%2e/top.txt',
    './top.txt',
    '/top.txt',
    'top.txt/',
    'toString',
  ])('%s is not there', async (path) => {
    const { status, bytes } = await get(`${at}/${path}`);
    expect([status, JSON.parse(bytes.toString())]).toEqual(NOT_FOUND);
  });

  test('a path that can be none is refused', async () => {
    expect(refusal(await api('GET', `${at}/a%00b`))).toEqual(BAD_REQUEST);
    expect((await get(`${at}/a%FFb`)).status).toBe(400);
  });

  test.each([
    ['dist/index.html', 'text/plain; charset=utf-8', 'inline'],
    ['dist/logo.svg', 'text/plain; charset=utf-8', 'inline'],
    ['dist/app.js', 'text/plain; charset=utf-8', 'inline'],
    ['dist/report.json', 'text/plain; charset=utf-8', 'inline'],
    ['dist/pixel.PNG', 'image/png', 'inline'],
    ['dist/deep/er/data.bin', 'application/octet-stream', 'attachment'],
  ])('%s comes as %s and can never run', async (path, type, how) => {
    const { headers } = await get(`${at}/${path}`);
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('content-disposition')?.split(';')[0]).toBe(how);
    expect(headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('are pages where a frame of the web app asks for that, in a sandbox that loads nothing', async () => {
    const { headers } = await get(`${at}/dist/index.html?as_page=true`);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = headers.get('content-security-policy');
    expect(policy).toMatch(/^sandbox allow-scripts; default-src 'none'; /);
    expect(policy).toMatch(/frame-ancestors 'self'$/);
    expect(policy).not.toMatch(/allow-same-origin|connect-src|https?:/);
    const script = await get(`${at}/dist/app.js?as_page=true`);
    expect(script.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(script.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
  });

  test('a name with quotes and a line feed breaks no header', async () => {
    const { headers } = await get(`${at}/${encodeURIComponent(QUOTED)}`);
    expect(headers.get('content-disposition')).toBe(
      `inline; filename="a _quoted__name.txt"; filename*=UTF-8''a%20%22quoted%22%0Aname.txt`,
    );
  });

  test('say their length, and are not sent to who has them', async () => {
    const head = await get(`${at}/top.txt`, {}, 'HEAD');
    expect([head.status, head.bytes.length, head.headers.get('content-length')]).toEqual([200, 0, '4']);
    const etag = head.headers.get('etag')!;
    const again = await get(`${at}/top.txt`, { 'if-none-match': etag });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
    expect((await get(`${at}/dist/app.js`, { 'if-none-match': etag })).status).toBe(200);
  });

  test('are not to be had of something that is no zip', async () => {
    const { at: odd } = await jobIn(house, 'success', { archive: Buffer.from('not a zip') });
    expect(refusal(await api('GET', `${odd}/artifacts/top.txt`))).toEqual(NOT_FOUND);
    expect(refusal(await api('GET', `${odd}/artifacts/tree`))).toEqual([
      404,
      { message: '404 Artifacts metadata Not Found' },
    ]);
  });
});
