import { expect, test } from 'vitest';
import { siteFolder } from './site-folder.ts';

test('the folder of a site is found however it is written', () => {
  for (const written of ['site', './site', 'site/', '/site//', './/./site/.'])
    expect(siteFolder(written)).toBe('site');
  expect(siteFolder('a//b')).toBe('a/b');
  for (const written of ['', '.', '/', './']) expect(siteFolder(written)).toBe('');
});

test('a folder of nothing but slashes takes no time', () => {
  expect(siteFolder(`a${'/'.repeat(1_000_000)}b`)).toBe('a/b');
});
