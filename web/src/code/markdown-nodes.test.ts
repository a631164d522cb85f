import MarkdownIt from 'markdown-it';
import { expect, test } from 'vitest';
import { nodesOf, type TextNode, textOf } from './markdown-nodes.ts';
import { MARKDOWN_OPTIONS } from './markdown-options.ts';

const read = (text: string) => nodesOf(new MarkdownIt('default', MARKDOWN_OPTIONS).parse(text, {}));

function tagsOf(nodes: readonly TextNode[]): string[] {
  return nodes.flatMap((node) => (typeof node === 'string' ? [] : [node.tag, ...tagsOf(node.children)]));
}

test('a text becomes elements', () => {
  expect(read('# Title\n\nSome *words* and `code`\n')).toEqual([
    { tag: 'h1', children: ['Title'] },
    {
      tag: 'p',
      children: ['Some ', { tag: 'em', children: ['words'] }, ' and ', { tag: 'code', children: ['code'] }],
    },
  ]);
});

test('HTML in a text stays text', () => {
  const nodes = read('<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> and <b>bold</b>\n');
  expect(tagsOf(nodes).every((tag) => tag === 'p' || tag === '')).toBe(true);
  expect(textOf(nodes)).toContain('<script>alert(1)</script>');
  expect(textOf(nodes)).toContain('<img src=x onerror=alert(1)>');
});

test('tables keep the alignment of their columns, lists their first number', () => {
  const [table] = read('|a|\n|-:|\n|1|\n');
  expect(tagsOf([table ?? ''])).toEqual(['table', 'thead', 'tr', 'th', 'tbody', 'tr', 'td']);
  expect(JSON.stringify(table)).toContain('"align":"right"');
  expect(read('7. seven\n')[0]).toMatchObject({ tag: 'ol', start: 7 });
});

test('a picture is its address and what it shows, in words', () => {
  const [paragraph] = read('![a *nice* view](view.png)');
  expect(paragraph).toMatchObject({ children: [{ tag: 'img', src: 'view.png', alt: 'a nice view' }] });
});
