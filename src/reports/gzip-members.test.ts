import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { gzipMembers } from './gzip-members.ts';

const HEADER_BYTES = 10;

/** A gzip file with the fields that a runner writes. */
function member(text: string, { name, comment, extra = false, checksum = false } = {} as Named): Buffer {
  const plain = gzipSync(text);
  const zero = Buffer.from([0]);
  const header = Buffer.from(plain.subarray(0, HEADER_BYTES));
  header[3] = (extra ? 4 : 0) | (name ? 8 : 0) | (comment ? 16 : 0) | (checksum ? 2 : 0);
  return Buffer.concat([
    header,
    ...(extra ? [Buffer.from([3, 0, 1, 2, 3])] : []),
    ...(name ? [Buffer.from(name, 'latin1'), zero] : []),
    ...(comment ? [Buffer.from(comment, 'latin1'), zero] : []),
    ...(checksum ? [Buffer.from([0, 0])] : []),
    plain.subarray(HEADER_BYTES),
  ]);
}

interface Named {
  name?: string;
  comment?: string;
  extra?: boolean;
  checksum?: boolean;
}

async function* inSteps(bytes: Buffer, step: number) {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

async function membersOf(bytes: Buffer, step = 1 << 16) {
  const members: { name: string | null; comment: string | null; text: string }[] = [];
  for await (const { name, comment, content } of gzipMembers(inSteps(bytes, step))) {
    let text = '';
    for await (const chunk of content) text += chunk.toString('latin1');
    members.push({ name, comment, text });
  }
  return members;
}

const LONG = 'log line\n'.repeat(50_000);
const three = Buffer.concat([
  member('one', { name: 'a.xml', comment: 'out/a.xml', extra: true, checksum: true }),
  member('', { name: 'e:%C3%BC.xml' }),
  member(LONG),
]);

describe('gzip members', () => {
  test.each([1, 2, 7, 23, 1000, 1 << 20])(
    'are told apart when they come %i bytes at a time',
    async (step) => {
      expect(await membersOf(three, step)).toEqual([
        { name: 'a.xml', comment: 'out/a.xml', text: 'one' },
        { name: 'ü.xml', comment: null, text: '' },
        { name: null, comment: null, text: LONG },
      ]);
    },
  );

  test.each([
    ['nothing', Buffer.alloc(0), 'it ends early'],
    ['no gzip', Buffer.from('<testsuites></testsuites>'), 'it is not in gzip format'],
    ['something behind the last', Buffer.concat([member('a'), Buffer.from('trailing bytes')]), 'not in gzip'],
    ['a cut header', member('a').subarray(0, 5), 'it ends early'],
    ['a cut stream', member(LONG).subarray(0, 60), 'unexpected end of file'],
    ['a cut trailer', member('a').subarray(0, -3), 'it ends early'],
    [
      'a wrong checksum',
      Buffer.concat([member('a').subarray(0, -8), Buffer.from([0, 0, 0, 0, 1, 0, 0, 0])]),
      'checksum',
    ],
    ['a wrong size', Buffer.concat([member('a').subarray(0, -4), Buffer.alloc(4)]), 'checksum'],
    ['a name without an end', member('a', { name: 'n'.repeat(40_000) }), 'its header is too long'],
  ])('with %s are refused', async (_, bytes, message) => {
    await expect(membersOf(bytes, 100)).rejects.toThrow(message);
  });

  test('a few bytes that come to a great many are unpacked only as far as they are read', async () => {
    const bomb = gzipSync(Buffer.alloc(64 << 20));
    for await (const { content } of gzipMembers(inSteps(bomb, 1 << 16))) {
      let size = 0;
      for await (const chunk of content) {
        size += chunk.length;
        if (size > 1 << 20) break;
      }
      expect(size).toBeLessThan(2 << 20);
      break;
    }
  });
});
