import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isWithin, selectFiles } from './file-selection.ts';

let outer: string;
let project: string;

beforeAll(() => {
  outer = mkdtempSync(join(tmpdir(), 'jobyard-files-'));
  project = join(outer, 'app');
  for (const path of [
    'a.txt',
    '.hidden',
    'dist/b.js',
    'dist/deep/c.js',
    'dist/deep/c.map',
    'src/d.ts',
    'pages/[slug].ts',
  ]) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), path);
  }
  mkdirSync(join(outer, 'app-secrets'));
  writeFileSync(join(outer, 'app-secrets', 'key'), 'key');
  symlinkSync('../app-secrets', join(project, 'leak'));
  symlinkSync('dist', join(project, 'current'));
});

afterAll(() => rmSync(outer, { recursive: true }));

async function select(paths: string[], exclude: string[] = [], untracked?: string[]): Promise<string[]> {
  const selected = await selectFiles(project, { paths, exclude, untracked }, () => {});
  return selected.map(({ path }) => path);
}

test.each([
  [['dist/'], ['dist', 'dist/b.js', 'dist/deep', 'dist/deep/c.js', 'dist/deep/c.map']],
  [['./dist/deep'], ['dist/deep', 'dist/deep/c.js', 'dist/deep/c.map']],
  [
    ['*'],
    [
      '.hidden',
      'a.txt',
      'current',
      'dist',
      'dist/b.js',
      'dist/deep',
      'dist/deep/c.js',
      'dist/deep/c.map',
      'leak',
      'pages',
      'pages/[slug].ts',
      'src',
      'src/d.ts',
    ],
  ],
  [['*.txt'], ['a.txt']],
  [['**/*.js'], ['dist/b.js', 'dist/deep/c.js']],
  [['dist/*.js'], ['dist/b.js']],
  [['{a.txt,src/d.ts}'], ['a.txt', 'src/d.ts']],
  [['dist/*/c.*'], ['dist/deep/c.js', 'dist/deep/c.map']],
  [['pages/[slug].ts'], ['pages/[slug].ts']],
  [['current/b.js'], ['current/b.js']],
  [['!a.txt'], []],
  [['none'], []],
])('%j selects %j', async (paths, expected) => {
  expect(await select(paths)).toEqual(expected);
});

test('what is excluded stays out, though its folder is in', async () => {
  expect(await select(['dist'], ['**/*.map', 'dist/b.js'])).toEqual(['dist', 'dist/deep', 'dist/deep/c.js']);
});

test('an absolute path is taken if it lies in the project', async () => {
  expect(await select([join(project, 'a.txt')])).toEqual(['a.txt']);
});

test.each([
  ['..'],
  ['../app-secrets/key'],
  ['src/../../app-secrets/*'],
  ['/etc/passwd'],
  ['leak/key'],
  ['leak/*'],
  ['leak/**'],
])('%s reaches nothing outside the project', async (path) => {
  expect(await select([path, join(outer, 'app-secrets', 'key')])).toEqual([]);
});

test('a link is taken as a link', async () => {
  const [link] = await selectFiles(project, { paths: ['leak'], exclude: [], untracked: undefined }, () => {});
  expect(link?.stats.isSymbolicLink()).toBe(true);
});

test('untracked files are added, and nothing is listed twice', async () => {
  expect(await select(['a.txt'], [], ['a.txt', 'src/d.ts', 'gone'])).toEqual(['a.txt', 'src/d.ts']);
});

test('the log says what each pattern found', async () => {
  const remarks: string[] = [];
  await selectFiles(project, { paths: ['dist', 'none', '../x'], exclude: [], untracked: [] }, (kind, text) =>
    remarks.push(`${kind} ${text}`),
  );
  expect(remarks).toEqual([
    'info dist: found 5 matching files and folders',
    'warning none: no matching files',
    'warning ../x: lies outside the project, and is left out',
    'warning untracked: no files',
  ]);
});

test('a folder does not hold its neighbour whose name begins alike', () => {
  expect(isWithin('/a/app', '/a/app-secrets')).toBe(false);
  expect(isWithin('/a/app', '/a/app')).toBe(true);
  expect(isWithin('/a/app', '/a/app/..x')).toBe(true);
  expect(isWithin('/a/app', '/a')).toBe(false);
});
