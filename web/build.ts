/**
 * `npm run build`: makes web/dist, unless what it was made of is still the same. Each file of it is kept
 * compressed beside itself, so that the server compresses nothing.
 */
import { createHash } from 'node:crypto';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { ALL_ASK, PATTERNS } from './src/address/patterns.ts';

const here = import.meta.dirname;
const dist = join(here, 'dist');
const mark = join(dist, '.made-of');

const sources = globSync(
  ['src/**/*.*', 'public/**/*.*', '*.ts', '*.json', '*.html', '../package-lock.json'],
  {
    cwd: here,
  },
).toSorted();
const hash = createHash('sha256');
for (const source of sources) hash.update(source).update(readFileSync(join(here, source)));
const madeOf = hash.digest('hex');

if (whatItWasMadeOf() === madeOf) process.exit(0);
console.log('Building the web app, which takes some seconds …');
rmSync(dist, { recursive: true, force: true });
// Whoever starts this may have another: with it React would be the slow and large one of developers.
process.env.NODE_ENV = 'production';
// Loaded here, for mostly there is nothing to build.
const { build } = await import('vite');
await build({ root: here, logLevel: 'warn' });
for (const file of globSync('assets/**/*.{js,css,svg}', { cwd: dist })) {
  const bytes = readFileSync(join(dist, file));
  writeFileSync(join(dist, `${file}.br`), brotliCompressSync(bytes));
  writeFileSync(join(dist, `${file}.gz`), gzipSync(bytes, { level: 9 }));
}
writeFileSync(join(dist, 'pages.json'), JSON.stringify(pageFiles()));
writeFileSync(mark, madeOf);

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
  css?: string[];
}

/** What each page needs to be shown, but for what the HTML has anyway: the server names it there (src/web-host). */
function pageFiles() {
  const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Record<
    string,
    Chunk
  >;
  const neededBy = (name: string, known = new Set<Chunk>()): Set<Chunk> => {
    const chunk = manifest[name];
    if (!chunk) throw new Error(`nothing was built of ${name}`);
    if (chunk.isEntry || known.has(chunk)) return known;
    known.add(chunk);
    for (const each of chunk.imports ?? []) neededBy(each, known);
    return known;
  };
  return PATTERNS.map(({ scope, section, pattern, page, asks = [] }) => {
    const chunks = [...neededBy(`src/pages/${page}/page.tsx`)];
    return {
      pattern: pattern.source,
      asks: section === 'sign-in' ? ['/api/v4/session'] : [...ALL_ASK[scope], ...asks],
      scripts: chunks.map(({ file }) => file),
      styles: [...new Set(chunks.flatMap(({ css = [] }) => css))],
    };
  });
}

function whatItWasMadeOf(): string | null {
  try {
    return readFileSync(mark, 'utf8');
  } catch {
    return null;
  }
}
