import { expect, test } from 'vitest';
import { comparable, hashOf } from './comparable.ts';

const same = (one: string, other: string, exact = false) =>
  comparable(one, exact) === comparable(other, exact);

test('moments, durations, rates, UUIDs and long hexadecimal numbers do not make lines differ, counts do', () => {
  expect(
    same('2026-11-26T12:43:46.962Z took 3.2s at 0x7ffe01', '2026-11-27T01:00:00.000Z took 41s at 0xd0'),
  ).toBe(true);
  expect(same('container 4f5e6d7c8b9a', 'container 0a1b2c3d4e5f')).toBe(true);
  expect(same('built in 1m05s', 'built in 59s')).toBe(true);
  expect(same('got 3.5 MB/s', 'got 812 kB/s')).toBe(true);
  expect(same('on 2026-11-26', 'on 2026-11-27')).toBe(true);
  expect(same('id 8c9b0c43-1111-4222-8333-1234567890ab', 'id 00000000-aaaa-4bbb-8ccc-ba0987654321')).toBe(
    true,
  );
  expect(same('3 failed, 97 passed', '0 failed, 100 passed')).toBe(false);
  expect(same('20261126 bytes', '20261127 bytes')).toBe(false);
  expect(same('version 1.2.3', 'version 1.2.4')).toBe(false);
});

test('who asks for it has them compared, too', () => {
  expect(same('took 3.2s', 'took 3.3s', true)).toBe(false);
  expect(same('took 3.2s', 'took 3.2s', true)).toBe(true);
});

test('colours, markers of sections and moments that the runner put before a line are not compared', () => {
  expect(same('\x1b[31mred\x1b[0m', 'red', true)).toBe(true);
  expect(
    same('section_start:1700000000:a\r\x1b[0Kbegins', 'section_start:1800000000:a\r\x1b[0Kbegins', true),
  ).toBe(true);
  expect(same('2026-11-26T12:43:46.962000Z 00O said', '2026-11-26T13:00:00.000000Z 00O said', true)).toBe(
    true,
  );
});

test('lines that differ far behind their beginning differ', () => {
  const long = 'x'.repeat(100_000);
  expect(same(`${long}a`, `${long}b`)).toBe(false);
  expect(hashOf(`${long}a`)).not.toBe(hashOf(`${long}b`));
});

test('short texts have hashes of their own', () => {
  const hashes = new Set(Array.from({ length: 200_000 }, (_, index) => hashOf(`line ${index}`)));
  expect(hashes.size).toBe(200_000);
});
