import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What web/build.ts says of a page: the addresses that it has, and all files that it needs to be shown. */
interface PageFiles {
  pattern: string;
  scripts: string[];
  styles: string[];
}

/**
 * Answers the links by which the HTML of an address names the files of its page, so that a browser asks for them at once,
 * and not when the script of all pages has been run.
 * @param folder web/dist
 */
export function pageLinks(folder: string): (path: string) => string {
  const pages = (JSON.parse(readFileSync(join(folder, 'pages.json'), 'utf8')) as PageFiles[]).map(
    ({ pattern, scripts, styles }) => ({
      pattern: new RegExp(pattern),
      links: [
        ...scripts.map((file) => `<link rel="modulepreload" crossorigin href="/${file}">`),
        ...styles.map((file) => `<link rel="preload" as="style" crossorigin href="/${file}">`),
      ].join(''),
    }),
  );
  return (path) => pages.find(({ pattern }) => pattern.test(path))?.links ?? '';
}
