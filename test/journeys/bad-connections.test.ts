import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { json, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { bootServer, type TestServer } from '../support/server.ts';

const MIB = 1024 * 1024;
const HUGE = 100 * MIB;

let server: TestServer;
let project_id: number;
beforeAll(async () => {
  server = await bootServer({ config: { log_level: 'error' } });
  project_id = (await server.api<{ id: number }>('POST', '/projects', { body: { name: 'p' } })).body.id;
});

/** A connection on which one can say anything. */
async function open(url = server.url): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

/** Says these words and answers all that comes until the server hangs up. */
async function say(words: string, url?: string): Promise<{ status: number; body: unknown }> {
  const socket = await open(url);
  socket.write(words, 'latin1');
  const reply = await text(socket);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(reply)?.[1]);
  return { status, body: JSON.parse(reply.slice(reply.indexOf('\r\n\r\n') + 4)) };
}

/** Sends `size` bytes as they are made; answers when the reply has come, which may be before they are out. */
async function sendBytes(path: string, type: string, size: number, length: boolean, head = '') {
  const { hostname, port } = new URL(server.url);
  const request = http.request({
    method: 'POST',
    hostname,
    port,
    path,
    headers: {
      'private-token': server.rootToken,
      'content-type': type,
      ...(length ? { 'content-length': String(size + head.length) } : {}),
    },
  });
  const chunk = Buffer.alloc(64 * 1024, ' ');
  Readable.from(
    (function* () {
      yield Buffer.from(head);
      for (let sent = 0; sent < size; sent += chunk.length) yield chunk;
    })(),
  ).pipe(request);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const body = await json(response);
  request.destroy();
  return { status: response.statusCode, body };
}

test.each([
  ['JSON', 'application/json', '{"name":"'],
  ['a form', 'application/x-www-form-urlencoded', 'name='],
  [
    'a form with boundaries',
    'multipart/form-data; boundary=edge',
    '--edge\r\nContent-Disposition: form-data; name="name"; filename="f"\r\n\r\n',
  ],
])(
  'a hundred megabytes of %s are refused with 413, with their length told before and without',
  async (_, type, head) => {
    for (const told of [true, false]) {
      const reply = await sendBytes('/api/v4/projects', type, HUGE, told, head);
      expect(reply).toEqual({ status: 413, body: { message: '413 Request Entity Too Large' } });
    }
    expect((await server.api('GET', '/version')).status).toBe(200);
  },
);

test('who reads the answer only when all is sent finds the refusal there, not a broken connection', async () => {
  const socket = await open();
  const size = 20 * MIB;
  const head = `POST /api/v4/projects HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${size}\r\n\r\n`;
  socket.pause();
  socket.write(head);
  await sleep(50);
  await new Promise<void>((resolve, reject) => {
    socket.write(Buffer.alloc(size, ' '), (error) => (error ? reject(error) : resolve()));
  });
  socket.resume();
  const [reply] = (await once(socket, 'data')) as [Buffer];
  expect(reply.toString()).toMatch(/^HTTP\/1\.1 413 /);
  socket.destroy();
});

test('a chunk of a log above its limit is refused with 413', async () => {
  const size = 9 * MIB;
  const reply = await fetch(`${server.url}/api/v4/jobs/1/trace`, {
    method: 'PATCH',
    headers: { 'job-token': 'glcbt-none', 'content-range': `0-${size - 1}` },
    body: Buffer.alloc(size),
  });
  expect(reply.status).toBeGreaterThanOrEqual(400);
  expect(reply.status).toBeLessThan(500);
});

test('a body that comes slowly holds up nobody else', async () => {
  const body = JSON.stringify({ description: 'slow' });
  const slow = await open();
  slow.write(
    `PUT /api/v4/projects/${project_id} HTTP/1.1\r\nHost: x\r\nPRIVATE-TOKEN: ${server.rootToken}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
  );
  slow.write(body.slice(0, 5));
  const others = Array.from({ length: 50 }, () => server.api('GET', `/projects/${project_id}`));
  for (const { status } of await Promise.all(others)) expect(status).toBe(200);
  slow.write(body.slice(5));
  expect(await text(slow)).toMatch(/^HTTP\/1\.1 200 /);
  const { body: project } = await server.api<{ description: string }>('GET', `/projects/${project_id}`);
  expect(project.description).toBe('slow');
});

test.each([
  ['JSON', 'application/json', '{"name":"half"'],
  [
    'a field',
    'multipart/form-data; boundary=edge',
    '--edge\r\nContent-Disposition: form-data; name="name"\r\n\r\nhalf',
  ],
  [
    'a file',
    'multipart/form-data; boundary=edge',
    '--edge\r\nContent-Disposition: form-data; name="name"; filename="a"\r\n\r\nhalf',
  ],
  ['text', 'text/plain', 'half'],
])('a body that breaks off in %s changes nothing, and the server goes on', async (_, type, half) => {
  const put = (length: number) =>
    `PUT /api/v4/projects/${project_id} HTTP/1.1\r\nHost: x\r\nPRIVATE-TOKEN: ${server.rootToken}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${half}`;
  const broken = await open();
  broken.write(put(1000));
  await sleep(50);
  broken.resetAndDestroy();
  // Whole as HTTP, but cut off all the same.
  const { status } = await say(put(half.length));
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  const { body } = await server.api<{ name: string }>('GET', `/projects/${project_id}`);
  expect(body.name).toBe('p');
});

test.each([
  ['JSON', 'application/json', '{"name":'],
  [
    'a form',
    'multipart/form-data; boundary=edge',
    '--edge\r\nContent-Disposition: form-data; name="name"\r\n\r\nha',
  ],
  ['text', 'text/plain', ''],
])('a body of %s that does not come in time is refused with 408', async (_, type, half) => {
  const hasty = await bootServer({ config: { limits: { request_body: 200 } } });
  const reply = await say(
    `POST /api/v4/jobs/request HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 1000\r\n\r\n${half}`,
    hasty.url,
  );
  await hasty.close();
  expect(reply).toEqual({ status: 408, body: { message: '408 Request Timeout' } });
});

test('headers that are too large are refused with 431', async () => {
  const reply = await say(`GET /api/v4/version HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`);
  expect(reply).toEqual({ status: 431, body: { message: '431 Request Header Fields Too Large' } });
});

test.each([
  ['bytes that are no request', '\x16\x03\x01\x02\x00\x01\xfc\x03\r\n\r\n'],
  ['a header with a NUL', 'GET /api/v4/version HTTP/1.1\r\nHost: x\r\nPRIVATE-TOKEN: a\0b\r\n\r\n'],
  ['a space in the path', 'GET /api/v4/pro jects HTTP/1.1\r\nHost: x\r\n\r\n'],
  [
    'two lengths',
    'POST /api/v4/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
  ],
  [
    'a length beside chunks',
    'POST /api/v4/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
])('%s is refused with 400 in the shape of all refusals', async (_, words) => {
  expect(await say(words)).toEqual({ status: 400, body: { message: '400 Bad request' } });
});

test.each(['%zz', '%', '%ff', '%ed%a0%80'])(
  '%j in a path is refused with 400, encoded as it is',
  async (bad) => {
    for (const path of [`projects/${bad}`, `projects/${project_id}/jobs/${bad}`, `${bad}`]) {
      const reply = await say(`GET /api/v4/${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(reply.status).toBe(400);
    }
  },
);

test('a server that stops hangs up on a body that does not come to its end', async () => {
  const stopping = await bootServer({ config: { limits: { request_body: 600_000 } } });
  const { hostname, port } = new URL(stopping.url);
  const endless = connect(Number(port), hostname);
  endless.on('error', () => {});
  endless.write(
    'POST /api/v4/projects HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
  );
  await stopping.api('GET', '/version');
  const ended = once(endless, 'close');
  await stopping.close();
  await expect(ended).resolves.toBeDefined();
});

const get = (path: string, more = '') =>
  `GET /api/v4/${path} HTTP/1.1\r\nHost: x\r\nPRIVATE-TOKEN: ${server.rootToken}\r\n${more}\r\n`;

test('a parameter of ten thousand characters finds its route', async () => {
  const path = `/projects/${project_id}/repository/branches/${'x'.repeat(10_000)}`;
  const reply = await server.api('GET', path);
  expect(reply).toMatchObject({ status: 400, body: { message: 'The branch refname is invalid' } });
});

test('a path of the API that is nowhere is refused as JSON, whatever is sent there', async () => {
  const headers = { 'content-type': 'nonsense' };
  for (const path of ['/nowhere', '/-/nowhere']) {
    const reply = await server.api('POST', path, { headers, body: 'x' });
    expect(reply).toMatchObject({ status: 415, body: { error: expect.any(String) } });
  }
});

test('requests that come before the answers to those before are answered in their order', async () => {
  const socket = await open();
  socket.write(
    [get('projects/999999'), get('version'), get('nowhere'), get('user', 'Connection: close\r\n')].join(''),
  );
  const replies = await text(socket);
  expect([...replies.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status)).toEqual([
    '404',
    '200',
    '404',
    '200',
  ]);
  expect(replies.indexOf('"version"')).toBeLessThan(replies.indexOf('"username"'));
});
