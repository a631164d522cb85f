import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What web/build.ts says of a page: the addresses that it has, what it asks the API for, and the files that it needs. */
interface Page {
  /** Its groups stand in `asks`, by their names in braces. */
  pattern: string;
  asks: string[];
  scripts: string[];
  styles: string[];
}

/**
 * Answers the links by which the HTML of an address names what its page needs, so that a browser asks for all of it at once,
 * and not when the script of all pages has been run.
 * @param folder web/dist
 */
export function pageLinks(folder: string): (path: string) => string {
  const pages = (JSON.parse(readFileSync(join(folder, 'pages.json'), 'utf8')) as Page[]).map((page) => ({
    pattern: new RegExp(page.pattern),
    asks: page.asks,
    files: [
      ...page.scripts.map((file) => `<link rel="modulepreload" crossorigin href="/${file}">`),
      ...page.styles.map((file) => `<link rel="preload" as="style" crossorigin href="/${file}">`),
    ].join(''),
  }));
  return (path) => {
    for (const { pattern, asks, files } of pages) {
      const found = pattern.exec(path);
      if (!found) continue;
      const addresses = asks.map((each) => filled(each, found.groups ?? {}));
      return `${addresses.map((each) => `<link rel="preload" as="fetch" crossorigin href="${each}">`).join('')}${files}`;
    }
    return '';
  };
}

/** The address with what stands in these groups, as the page itself writes it: nothing in it ends an attribute. */
const filled = (address: string, groups: Record<string, string | undefined>) =>
  address.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(decoded(groups[name] ?? '')));

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
