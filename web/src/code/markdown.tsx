import MarkdownIt from 'markdown-it';
import { createElement, Fragment, type ReactNode, useMemo } from 'react';
import { Link } from '../address/link.tsx';
import { ANCHOR, anchorOf, linkTarget, pictureSource, type Place } from './markdown-links.ts';
import { nodesOf, type TextElement, type TextNode, textOf } from './markdown-nodes.ts';
import { MARKDOWN_OPTIONS } from './markdown-options.ts';
import { Seen } from '../ui/name.tsx';
import { turns } from '../ui/unseen.ts';
import css from './markdown.module.css';

const reader = new MarkdownIt('default', MARKDOWN_OPTIONS);

/** A text of the repository as elements of React: nothing in it is taken for HTML. */
export function Markdown({ text, place }: { text: string; place: Place }) {
  const nodes = useMemo(() => nodesOf(reader.parse(text, {})), [text]);
  return <div className={css.text}>{shown(nodes, place)}</div>;
}

const shown = (nodes: readonly TextNode[], place: Place): ReactNode[] =>
  nodes.map((node, index) => (
    <Fragment key={index}>{typeof node === 'string' ? prose(node) : elementOf(node, place)}</Fragment>
  ));

/** Prose has soft hyphens, and marks of a direction: what turns all that comes after it is seen there too. */
const prose = (text: string): ReactNode => (turns(text) ? <Seen text={text} /> : text);

/** In code nothing is unseen. */
const code = (node: TextElement): ReactNode => <Seen text={textOf(node.children)} />;

function elementOf(node: TextElement, place: Place): ReactNode {
  const children = shown(node.children, place);
  switch (node.tag) {
    case '':
      return children;
    case 'a':
      return anchor(node.href ?? '', node.title, children, place);
    case 'img':
      return picture(node, place);
    case 'br':
    case 'hr':
      return createElement(node.tag);
    case 'pre':
      return (
        <pre tabIndex={0} aria-label={node.language ? `Code, ${node.language}` : 'Code'}>
          <code>{code(node)}</code>
        </pre>
      );
    case 'code':
      return <code>{code(node)}</code>;
    case 'table':
      return (
        <div className={css.table}>
          <table>{children}</table>
        </div>
      );
    case 'ol':
      return <ol start={node.start}>{children}</ol>;
    case 'th':
    case 'td':
      return createElement(node.tag, { style: { textAlign: node.align } }, ...children);
    default:
      return /^h[1-6]$/.test(node.tag) ? heading(node, children) : createElement(node.tag, {}, ...children);
  }
}

/** One level below what the text says: the page has a heading of its own. */
function heading({ tag, children: nodes }: TextElement, children: ReactNode[]): ReactNode {
  const level = Math.min(6, Number(tag.slice(1)) + 1);
  return createElement(
    `h${level}`,
    { id: ANCHOR + anchorOf(textOf(nodes)), 'data-level': tag.slice(1) },
    ...children,
  );
}

function anchor(href: string, title: string | undefined, children: ReactNode, place: Place): ReactNode {
  const target = linkTarget(href, place);
  if (target === null) return <span title={title}>{children}</span>;
  if (target.kind === 'page')
    return (
      <Link href={target.href} title={title}>
        {children}
      </Link>
    );
  return (
    <a href={target.href} title={title} rel={target.kind === 'here' ? undefined : 'noreferrer nofollow'}>
      {children}
    </a>
  );
}

/** Pictures of other servers are not loaded, which would tell those who looks; they are links. */
function picture({ src = '', alt = '', title }: TextElement, place: Place): ReactNode {
  const source = pictureSource(src, place);
  if (source !== null) return <img src={source} alt={alt} title={title} loading="lazy" />;
  return anchor(src, title, alt === '' ? 'picture' : alt, place);
}
