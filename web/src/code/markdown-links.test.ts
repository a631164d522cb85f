import { expect, test } from 'vitest';
import { anchorOf, linkTarget, pictureSource } from './markdown-links.ts';

const place = { fullPath: 'group/project', ref: 'feature/a', folder: 'docs' };
const href = (text: string) => linkTarget(text, place)?.href ?? null;

test('relative links lead to files of the repository at the same ref', () => {
  expect(href('guide.md')).toBe('/group/project/-/blob/feature/a/docs/guide.md');
  expect(href('../src/main.ts#L10')).toBe('/group/project/-/blob/feature/a/src/main.ts#L10');
  expect(href('/README.md')).toBe('/group/project/-/blob/feature/a/README.md');
  expect(href('pictures/')).toBe('/group/project/-/tree/feature/a/docs/pictures');
  expect(href('100%25 sure.md?plain=1')).toBe('/group/project/-/blob/feature/a/docs/100%25%20sure.md');
});

test('a link does not leave the repository by going up', () => {
  expect(href('../../../other/-/pipelines')).toBeNull();
  expect(href('..')).toBe('/group/project/-/tree/feature/a');
});

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'java\nscript:alert(1)',
  'file:///etc/passwd',
  '\\\\evil.example',
])('no link to %j', (text) => {
  expect(linkTarget(text, place)).toBeNull();
});

test('links to other servers and places within the text are told apart', () => {
  expect(linkTarget('https://example.org/a', place)).toEqual({
    kind: 'elsewhere',
    href: 'https://example.org/a',
  });
  expect(linkTarget('//example.org/a', place)).toEqual({ kind: 'elsewhere', href: 'https://example.org/a' });
  expect(linkTarget('#how-to', place)).toEqual({ kind: 'here', href: '#text-how-to' });
  expect(anchorOf('How to: <b>x</b>!')).toBe('how-to-bxb');
});

test('pictures of the repository are shown, those of other servers are not loaded', () => {
  expect(pictureSource('a b.png', place)).toBe('/group/project/-/raw/feature/a/docs/a%20b.png');
  expect(pictureSource('https://tracker.example/pixel.png', place)).toBeNull();
  expect(pictureSource('//tracker.example/pixel.png', place)).toBeNull();
  expect(pictureSource('data:image/png;base64,AAAA', place)).toBeNull();
  expect(pictureSource('drawing.svg', place)).toBeNull();
});
