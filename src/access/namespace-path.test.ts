import { expect, test } from 'vitest';
import { namespacePathProblems, nameProblems, pathOfName, projectPathProblems } from './namespace-path.ts';

test.each(['ada', 'a1', '_x', 'a.b', 'a-b', 'Ada_L', '42'])('%s can be a namespace', (path) => {
  expect(namespacePathProblems(path, false)).toEqual([]);
});

test.each([
  '',
  'a',
  '-a',
  'a.',
  '.',
  '..',
  'a.git',
  'a.atom',
  'a b',
  'a/b',
  'ä',
  'admin',
  'API',
  'favicon.svg',
  'x'.repeat(256),
])('%j cannot be a namespace', (path) => {
  expect(namespacePathProblems(path, false)).not.toEqual([]);
});

test('words are reserved where they would hide something', () => {
  expect(namespacePathProblems('api', true)).toEqual([]);
  expect(namespacePathProblems('tree', true)).toEqual(['tree is a reserved name']);
  expect(projectPathProblems('Raw')).toEqual(['Raw is a reserved name']);
  expect(projectPathProblems('api')).toEqual([]);
});

test.each(['app', 'a.b', 'a_b-c', '7'])('%s can be a project', (path) => {
  expect(projectPathProblems(path)).toEqual([]);
});

test.each(['', '-a', '_a', 'a--b', 'a.', '.', '..', 'a.git', 'a/b', 'a b'])(
  '%j cannot be a project',
  (path) => {
    expect(projectPathProblems(path)).not.toEqual([]);
  },
);

test('names begin with a letter, a digit, an emoji or _, and hold no control characters', () => {
  for (const name of ['A', '1 + 1', '😀 team', '_x', 'Ünï – cödé', '日本'])
    expect(nameProblems(name)).toEqual([]);
  for (const name of ['', ' ', '-x', '/x', 'a/b', 'a\nb', '<b>', 'x'.repeat(256)])
    expect(nameProblems(name)).not.toEqual([]);
});

test.each([
  ['My Project!', 'my-project'],
  ['Ünser Projekt', 'unser-projekt'],
  ['a  --  b', 'a-b'],
  ['v1.0', 'v1.0'],
  ['日本', ''],
])('%s becomes the path %s', (name, path) => {
  expect(pathOfName(name)).toBe(path);
});
