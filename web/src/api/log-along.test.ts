import { expect, test } from 'vitest';
import { bytesOfBase64 } from './log-along.ts';

test('the bytes of a log are what they were', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect(bytesOfBase64(btoa(String.fromCharCode(...bytes)))).toEqual(bytes);
});
