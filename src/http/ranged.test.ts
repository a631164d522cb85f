import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { ApiError } from '../errors.ts';
import { rangedReply } from './ranged.ts';

const letters = 'abcdefghij';
const bytes = {
  size: letters.length,
  etag: '"e"',
  send: async ({ start, end }: { start: number; end: number }) =>
    Readable.from([Buffer.from(letters.slice(start, end + 1))]),
};

async function ask(headers: Record<string, string>) {
  const { status, body, headers: answered } = await rangedReply(headers, bytes, { 'X-Kept': 'yes' });
  return { status, text: body instanceof Readable ? await text(body) : body, headers: answered };
}

test.each([
  ['bytes=0-0', 'a', 'bytes 0-0/10'],
  ['bytes=2-4', 'cde', 'bytes 2-4/10'],
  ['bytes=7-', 'hij', 'bytes 7-9/10'],
  ['bytes=9-100', 'j', 'bytes 9-9/10'],
  ['bytes=-3', 'hij', 'bytes 7-9/10'],
  ['bytes=-100', letters, 'bytes 0-9/10'],
])('%s is %s', async (range, part, contentRange) => {
  const reply = await ask({ range });
  expect(reply).toMatchObject({ status: 206, text: part });
  expect(reply.headers).toMatchObject({
    'Content-Range': contentRange,
    'Content-Length': String(part.length),
    'Accept-Ranges': 'bytes',
    ETag: '"e"',
    'X-Kept': 'yes',
  });
});

test.each(['', 'bytes=-', 'bytes=4-2', 'bytes=a-b', 'bytes=0-1,3-4', 'lines=0-1'])(
  'all is sent for %o, which is no single range',
  async (range) => {
    const reply = await ask({ range });
    expect(reply).toMatchObject({ status: 200, text: letters });
    expect(reply.headers).toMatchObject({ 'Content-Length': '10' });
    expect(reply.headers).not.toHaveProperty('Content-Range');
  },
);

test.each(['bytes=10-', 'bytes=10-12', 'bytes=-0'])(
  '%s lies outside, and is told the size',
  async (range) => {
    const refusal = await ask({ range }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ApiError);
    expect(refusal).toMatchObject({ status: 416, headers: { 'Content-Range': 'bytes */10' } });
  },
);

test('who has these bytes is sent none, and a range of other bytes is not sent as one of these', async () => {
  for (const known of ['"e"', 'W/"e"', '"d", "e"', '*'])
    expect(await ask({ 'if-none-match': known })).toMatchObject({ status: 304, text: null });
  expect(await ask({ 'if-none-match': '"d"' })).toMatchObject({ status: 200 });
  expect(await ask({ range: 'bytes=0-0', 'if-range': '"e"' })).toMatchObject({ status: 206, text: 'a' });
  expect(await ask({ range: 'bytes=0-0', 'if-range': '"d"' })).toMatchObject({ status: 200, text: letters });
});
