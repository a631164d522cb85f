import { describe, expect, test } from 'vitest';
import { fileHost } from '../../test/support/file-host.ts';
import { outboundGet, type OutboundOptions, type Resolve } from './outbound-get.ts';

const LIMIT = 1000;
const get = (url: string, over: Partial<OutboundOptions> = {}) =>
  outboundGet(url, { allowed: ['127.0.0.1/32'], deadline: 5000, limit: LIMIT, ...over });
const refused = (problem: string, message?: string) =>
  expect.objectContaining({ name: 'OutboundError', problem, ...(message !== undefined && { message }) });

const never: Resolve = () => new Promise(() => {});
const unknown: Resolve = async () => Promise.reject(new Error('no such name'));
const both: Resolve = async () => [
  { address: '8.8.8.8', family: 4 },
  { address: '127.0.0.1', family: 4 },
];
const outerAndInner: Resolve = async (name) => [
  { address: name === 'inner.test' ? '127.0.0.2' : '127.0.0.1', family: 4 },
];

const host = await fileHost((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://host');
  if (pathname === '/to') response.writeHead(302, { location: searchParams.get('url') ?? '' }).end();
  else if (pathname === '/nowhere') response.writeHead(302).end();
  else if (pathname === '/round') response.writeHead(301, { location: '/round' }).end();
  else if (pathname === '/missing') response.writeHead(404).end('nothing');
  else if (pathname === '/bytes') response.end('x'.repeat(Number(searchParams.get('n'))));
  else if (pathname === '/endless') {
    const more = () => response.write('x'.repeat(100), more);
    more();
  } else if (pathname === '/silent') return;
  else if (pathname === '/slow') response.write('a');
  else if (pathname === '/upgrade')
    response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
  else if (pathname === '/broken') response.write('a', () => response.destroy());
  else response.end('a: file\n');
});

describe('where the address is allowed', () => {
  test('a file is fetched with GET, and nothing is said of who wants it', async () => {
    const address = `http://ann:secret@127.0.0.1:${host.port}/file.yml?a=1`;
    expect((await get(address)).toString()).toBe('a: file\n');
    const request = host.requests.at(-1);
    expect(request).toMatchObject({ method: 'GET', url: '/file.yml?a=1' });
    expect(Object.keys(request?.headers ?? {}).toSorted()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ]);
  });

  test('redirects are followed, relative ones too', async () => {
    expect((await get(`${host.url}/to?url=/to%3Furl=${host.url}/file.yml`)).toString()).toBe('a: file\n');
  });

  test('redirects end: after five, at another protocol, and without an address', async () => {
    const before = host.requests.length;
    await expect(get(`${host.url}/round`)).rejects.toEqual(
      refused('protocol', 'it redirects more than 5 times'),
    );
    expect(host.requests.length - before).toBe(6);
    await expect(get(`${host.url}/to?url=file:///etc/passwd`)).rejects.toEqual(refused('protocol'));
    await expect(get(`${host.url}/nowhere`)).rejects.toEqual(refused('protocol'));
  });

  test('an answer that is an error is none', async () => {
    await expect(get(`${host.url}/missing`)).rejects.toEqual(
      expect.objectContaining({ problem: 'status', status: 404 }),
    );
  });

  test('a file may have as many bytes as the limit says, and one that does not end is not waited for', async () => {
    expect(await get(`${host.url}/bytes?n=${LIMIT}`)).toHaveLength(LIMIT);
    await expect(get(`${host.url}/bytes?n=${LIMIT + 1}`)).rejects.toEqual(refused('too_large'));
    await expect(get(`${host.url}/endless`)).rejects.toEqual(refused('too_large'));
  });

  test('whoever says nothing, or not all, or does not even tell an address is given up', async () => {
    const deadline = 100;
    for (const path of ['/silent', '/slow', '/to?url=/silent'])
      await expect(get(host.url + path, { deadline })).rejects.toEqual(refused('timeout'));
    await expect(get('http://name.test/', { deadline, resolve: never })).rejects.toEqual(refused('timeout'));
  });

  test('connections that break, are refused or lead to no host are told apart', async () => {
    await expect(get(`${host.url}/broken`)).rejects.toEqual(refused('socket'));
    await expect(get('http://127.0.0.1:1/')).rejects.toEqual(refused('refused'));
    await expect(get('http://name.test/', { resolve: unknown })).rejects.toEqual(refused('socket'));
  });

  test('an answer in another protocol is none, and not waited for', async () => {
    await expect(get(`${host.url}/upgrade`)).rejects.toEqual(refused('protocol'));
    await expect(get(`${host.url}/to?url=/upgrade`)).rejects.toEqual(refused('protocol'));
  });

  test('a name is resolved once, and the connection made to what it stood for then', async () => {
    let asked = 0;
    const resolve: Resolve = async () =>
      ++asked === 1 ? [{ address: '127.0.0.1', family: 4 }] : [{ address: '127.0.0.2', family: 4 }];
    expect((await get(`http://name.test:${host.port}/file.yml`, { resolve })).toString()).toBe('a: file\n');
    expect(asked).toBe(1);
    expect(host.requests.at(-1)?.headers.host).toBe(`name.test:${host.port}`);
  });
});

describe('where none is allowed', () => {
  const LOCALHOST = 'Requests to localhost are not allowed';

  test.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '127.1',
    '0',
    'localhost',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
  ])('nothing is asked of %s', async (name) => {
    const before = host.requests.length;
    const asked = get(`http://${name}:${host.port}/file.yml`, { allowed: [] });
    await expect(asked).rejects.toEqual(refused('blocked', LOCALHOST));
    expect(host.requests).toHaveLength(before);
  });

  test('a name that stands for a private address is refused, also if only one of several is', async () => {
    const before = host.requests.length;
    const asked = get(`http://name.test:${host.port}/`, { allowed: [], resolve: both });
    await expect(asked).rejects.toEqual(refused('blocked', LOCALHOST));
    expect(host.requests).toHaveLength(before);
  });

  test('a redirect to a private address is refused, whether it says so or a name does', async () => {
    const allowed = ['127.0.0.1/32'];
    for (const target of ['127.0.0.2', 'inner.test', '169.254.169.254', '[::1]']) {
      const url = `http://outer.test:${host.port}/to?url=http://${target}:${host.port}/file.yml`;
      await expect(get(url, { allowed, resolve: outerAndInner })).rejects.toEqual(refused('blocked'));
    }
  });
});
