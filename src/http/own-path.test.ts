import { expect, test } from 'vitest';
import { ownAddress } from './own-path.ts';

const URL = 'http://ci.example.org:8080';

test.each([
  ['/', `${URL}/`],
  ['/group/project/-/jobs/42?a=b#L7', `${URL}/group/project/-/jobs/42?a=b#L7`],
  ['/.//evil.example', `${URL}//evil.example`],
  ['/@evil.example', `${URL}/@evil.example`],
])('%s leads to %s', (path, address) => {
  expect(ownAddress(URL, path)).toBe(address);
});

test.each([
  '',
  'evil.example',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '\\\\evil.example',
  'https://evil.example/',
  'javascript:alert(1)',
  `${URL}.evil.example/`,
  '//ci.example.org:8080@evil.example/',
  '//user@ci.example.org:8080/',
])('%j leads nowhere', (path) => {
  expect(ownAddress(URL, path)).toBeNull();
});
