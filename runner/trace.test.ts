import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Trace } from './trace.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jobyard-trace-'));
  path = join(folder, 'log');
});
afterEach(() => rmSync(folder, { recursive: true }));

function sumOf(bytes: Buffer): string {
  return `crc32:${crc32(bytes).toString(16).padStart(8, '0')}`;
}

test('the checksum is that of all bytes, and a log that is opened again goes on', () => {
  const first = new Trace(path, 1000);
  expect(first.checksum).toBe('crc32:00000000');
  first.append('one, ');
  first.append('zwei: ä');
  first.close();
  const second = new Trace(path, 1000);
  expect(second.size).toBe(13);
  second.append(', three');
  expect(second.checksum).toBe(sumOf(readFileSync(path)));
  expect(second.read(5, 4).toString()).toBe('zwei');
  expect(second.read(second.size)).toHaveLength(0);
  second.close();
});

test('beyond its limit a log takes one notice and nothing more, and no character is cut in two', () => {
  const trace = new Trace(path, 10);
  trace.append('12345678');
  trace.append('9ä€');
  trace.append('more');
  trace.close();
  const text = readFileSync(path, 'utf8');
  expect(text.startsWith('123456789\n')).toBe(true);
  expect(text.match(/limit of 10 bytes/g)).toHaveLength(1);
  expect(text).not.toContain('more');
  expect(text).not.toContain('\ufffd');
});

test('a log that ends exactly at its limit has no notice', () => {
  const trace = new Trace(path, 4);
  trace.append('1234');
  trace.close();
  expect(readFileSync(path, 'utf8')).toBe('1234');
});
