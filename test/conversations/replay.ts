import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import type { Exchange, Expected } from './conversation.ts';

/** A reply as it came over the wire. */
interface Heard {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
}

/** What the placeholders of a conversation stand for. */
export type Names = Record<'runner_token' | 'job' | 'job_token' | 'dependency', string>;

const fill = (text: string, names: Partial<Names>) =>
  text.replace(/\{(runner_token|job|job_token|dependency)\}/g, (_, name: keyof Names) => names[name] ?? '');

/** The exchange's request as it goes over the wire: its head, and its body. */
function wireOf(
  { method, path, headers, body, chunked, kind }: Exchange,
  names: Partial<Names>,
  host: string,
) {
  // Only text has placeholders: a log or a file may hold anything.
  const isText = kind !== 'patch' && kind !== 'upload';
  const bytes = body && isText ? Buffer.from(fill(body.toString(), names)) : (body ?? Buffer.alloc(0));
  const framing = chunked
    ? ['Transfer-Encoding: chunked']
    : body === null
      ? []
      : [`Content-Length: ${bytes.length}`];
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${fill(value, names)}`);
  const head = [`${method} /api/v4${fill(path, names)} HTTP/1.1`, `Host: ${host}`, ...lines, ...framing];
  return {
    head: Buffer.from(`${head.join('\r\n')}\r\n\r\n`),
    body: chunked ? inPieces(bytes, chunked) : bytes,
  };
}

/** A body without a length, in pieces of so many bytes. */
function inPieces(bytes: Buffer, size: number): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}

async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.on('error', () => {});
  return socket;
}

/** Says it on a connection of its own and hears the whole reply. */
export async function say(url: string, exchange: Exchange, names: Partial<Names>): Promise<Heard> {
  const socket = await open(url);
  try {
    const { head, body } = wireOf(exchange, names, new URL(url).host);
    socket.write(Buffer.concat([head, body]));
    return await hear(socket);
  } finally {
    socket.destroy();
  }
}

/** Says half of it and breaks the connection off. */
export async function sayHalf(url: string, exchange: Exchange, names: Partial<Names>): Promise<void> {
  const socket = await open(url);
  const { head, body } = wireOf(exchange, names, new URL(url).host);
  const half =
    body.length > 1 ? Buffer.concat([head, body.subarray(0, body.length >> 1)]) : head.subarray(0, -4);
  await new Promise((resolve) => socket.write(half, resolve));
  socket.resetAndDestroy();
}

async function hear(socket: Socket): Promise<Heard> {
  let bytes = Buffer.alloc(0);
  for await (const part of socket as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, part]);
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) continue;
    const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const length = status === 204 ? 0 : Number(headers['content-length'] ?? 0);
    if (headers['transfer-encoding'])
      throw new Error('a reply in chunks: a runner takes it, this player does not');
    if (bytes.length >= end + 4 + length)
      return { status, headers, body: bytes.subarray(end + 4, end + 4 + length) };
  }
  throw new Error(`the connection ended in the middle of a reply: ${bytes.toString('latin1')}`);
}

/** Compares a reply with what is expected; answers what it says of the job, for the requests after it. */
export function check(exchange: Exchange, heard: Heard, expected: Expected): Partial<Names> {
  const where = `${exchange.method} ${exchange.path}`;
  expect([where, heard.status, heard.status === expected.status ? '' : heard.body.toString()]).toEqual([
    where,
    expected.status,
    '',
  ]);
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    const found = heard.headers[name.toLowerCase()] ?? 'none';
    if (name === 'Content-Type') expect(found.split(';')[0], where).toBe(value);
    else if (typeof value === 'string') expect(`${name}: ${found}`, where).toBe(`${name}: ${value}`);
    else expect(found, `${where} ${name}`).toMatch(value);
  }
  const asked = exchange.headers['X-Request-Id'];
  if (asked) expect(heard.headers['x-request-id'], where).toBe(asked);
  if (expected.bytes) expect(heard.body.equals(expected.bytes), where).toBe(true);
  if (!expected.json) return {};
  const json = JSON.parse(heard.body.toString()) as {
    id: number;
    token: string;
    dependencies: { id: number; token: string }[];
  };
  expect(json).toMatchObject(expected.json);
  const [dependency] = json.dependencies;
  return {
    job: String(json.id),
    job_token: json.token,
    ...(dependency ? { dependency: String(dependency.id) } : {}),
  };
}
