import { expect, test } from 'vitest';
import { wayBack } from './way-back.ts';

const ORIGIN = 'https://jobyard.example';
const back = (asked: string | null) => wayBack(asked, ORIGIN);

test('an address of this server is gone back to, with its query and line', () => {
  expect(back('/group/project/-/pipelines?status=failed#L10')).toBe(
    '/group/project/-/pipelines?status=failed#L10',
  );
  expect(back('/root/x/-/tree/100%25')).toBe('/root/x/-/tree/100%25');
});

test.each([
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example/',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/.//evil.example',
  '/a/..//evil.example',
  '/%2e//evil.example',
  'javascript:alert(1)',
  ' /group',
  'group/project',
  '',
  'https://jobyard.example@evil.example/',
])('no other place: %j', (asked) => {
  expect(back(asked)).toBe('/');
});

test('whoever came from the sign-in page does not go back to it', () => {
  expect(back('/users/sign_in?redirect_to=/a/b')).toBe('/');
  expect(back(null)).toBe('/');
});
