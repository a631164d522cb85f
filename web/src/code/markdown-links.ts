import { addresses } from '../address/addresses.ts';

/** Where a text stands: what its relative links are relative to. */
export interface Place {
  fullPath: string;
  ref: string;
  /** The folder, empty for the topmost. */
  folder: string;
}

/** What a link of a text leads to. Null: nowhere that a page should send anybody. */
export type Target =
  | { kind: 'here'; href: string }
  | { kind: 'page'; href: string }
  | { kind: 'elsewhere'; href: string }
  | null;

/** Names of places within the text carry this, so that they meet none of the page's own. */
export const ANCHOR = 'text-';

export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

/** A link of a text: relative ones go to files of the repository; schemes other than the web's and mail go nowhere. */
export function linkTarget(href: string, place: Place): Target {
  if (href.startsWith('#')) return { kind: 'here', href: `#${ANCHOR}${decoded(href.slice(1))}` };
  if (/^(https?:)?\/\//i.test(href)) return webAddress(href);
  if (/^mailto:/i.test(href)) return { kind: 'elsewhere', href };
  const found = fileOf(href, place);
  if (found === null) return null;
  const { path, rest } = found;
  const page = href.replace(/[?#].*$/s, '').endsWith('/') || path === '' ? 'tree' : 'blob';
  return { kind: 'page', href: addresses[page](place.fullPath, place.ref, path) + rest };
}

const PICTURES = /\.(avif|bmp|gif|ico|jpe?g|png|webp)$/i;

/** Where a picture of the repository is; null for one that this page does not show, which may be a link instead. */
export function pictureSource(src: string, place: Place): string | null {
  if (/^(https?:)?\/\//i.test(src)) return null;
  const found = fileOf(src, place);
  return found !== null && PICTURES.test(found.path)
    ? addresses.raw(place.fullPath, place.ref, found.path)
    : null;
}

/** The file that a relative address names; `/x` is relative to the repository. Null: outside of it, or no such address. */
function fileOf(href: string, { folder }: Place): { path: string; rest: string } | null {
  // Whatever comes before a colon would be a scheme.
  if (/^[^/?#]*:/.test(href) || /[\\\p{Cc}]/u.test(href)) return null;
  const [, before = '', rest = ''] = /^([^?#]*)(?:\?[^#]*)?(#.*)?$/s.exec(href) ?? [];
  const text = decoded(before);
  const parts = text.startsWith('/') || folder === '' ? [] : folder.split('/');
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return { path: parts.join('/'), rest };
}

function webAddress(href: string): Target {
  try {
    const url = new URL(href, 'https://here.invalid');
    return { kind: 'elsewhere', href: href.startsWith('//') ? `https:${href}` : url.href };
  } catch {
    return null;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
