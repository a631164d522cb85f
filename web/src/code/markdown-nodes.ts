/** What is looked at of markdown-it's tokens. */
export interface Token {
  type: string;
  tag: string;
  nesting: -1 | 0 | 1;
  hidden: boolean;
  attrs: readonly (readonly [string, string | number])[] | null;
  info: string;
  content: string;
  children: Token[] | null;
}

/** An element of a text: its tag is one of a few, its attributes are what the page makes of them. */
export interface TextElement {
  tag: string;
  /** `href` and `src` as the text says them. */
  href?: string;
  src?: string;
  alt?: string;
  title?: string;
  align?: 'left' | 'center' | 'right';
  start?: number;
  language?: string;
  children: TextNode[];
}
export type TextNode = string | TextElement;

const TAGS = new Set(
  'h1 h2 h3 h4 h5 h6 p ul ol li blockquote em strong s a table thead tbody tr th td'.split(' '),
);

/** The tree of what markdown-it has read. Tags that are not known here are left out, their text stays. */
export function nodesOf(tokens: readonly Token[]): TextNode[] {
  const root: TextElement = { tag: '', children: [] };
  const open = [root];
  const add = (node: TextNode) => open.at(-1)?.children.push(node);
  for (const token of tokens) {
    if (token.nesting === 1) {
      const element = token.hidden || !TAGS.has(token.tag) ? fragment() : elementOf(token);
      add(element);
      open.push(element);
    } else if (token.nesting === -1) {
      if (open.length > 1) open.pop();
    } else for (const node of leafOf(token)) add(node);
  }
  return root.children;
}

function attributeOf(token: Token, name: string): string | undefined {
  const value = token.attrs?.find(([each]) => each === name)?.[1];
  return value === undefined ? undefined : String(value);
}

const fragment = (): TextElement => ({ tag: '', children: [] });

function elementOf(token: Token): TextElement {
  const attribute = (name: string) => attributeOf(token, name);
  const align = /^text-align:(left|center|right)$/.exec(attribute('style') ?? '')?.[1];
  const start = Number(attribute('start'));
  return {
    tag: token.tag,
    ...(token.tag === 'a' ? { href: attribute('href') ?? '' } : {}),
    ...(attribute('title') === undefined ? {} : { title: attribute('title') }),
    ...(align === undefined ? {} : { align: align as TextElement['align'] }),
    ...(Number.isSafeInteger(start) ? { start } : {}),
    children: [],
  } as TextElement;
}

function leafOf(token: Token): TextNode[] {
  switch (token.type) {
    case 'inline':
      return nodesOf(token.children ?? []);
    case 'text':
      return [token.content];
    case 'softbreak':
      return ['\n'];
    case 'hardbreak':
      return [{ tag: 'br', children: [] }];
    case 'hr':
      return [{ tag: 'hr', children: [] }];
    case 'code_inline':
      return [{ tag: 'code', children: [token.content] }];
    case 'fence':
    case 'code_block':
      return [{ tag: 'pre', language: token.info.trim().split(/\s/)[0] ?? '', children: [token.content] }];
    case 'image': {
      const src = attributeOf(token, 'src') ?? '';
      return [{ tag: 'img', src, alt: textOf(nodesOf(token.children ?? [])), children: [] }];
    }
    default:
      return token.content === '' ? [] : [token.content];
  }
}

/** What a reader would read of it. */
export const textOf = (nodes: readonly TextNode[]): string =>
  nodes.map((node) => (typeof node === 'string' ? node : (node.alt ?? textOf(node.children)))).join('');
