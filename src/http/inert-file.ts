import { extname } from 'node:path';

const IMAGES: Record<string, string> = {
  '.avif': 'image/avif',
  '.bmp': 'image/bmp',
  '.gif': 'image/gif',
  '.ico': 'image/x-icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

/** Shown as plain text, whatever else a browser could make of it. */
const TEXTS = new Set(
  `.bash .c .cfg .conf .cpp .cs .css .csv .diff .env .go .h .htm .html .ini .java .js .json .jsonl .kt .lock .log
  .lua .md .mjs .out .patch .php .pl .properties .py .rb .rs .rst .sh .sql .svg .swift .tap .tex .toml .ts .tsv
  .tsx .txt .vue .xhtml .xml .yaml .yml`.split(/\s+/),
);

/**
 * The headers under which a file that a job made is served: never as a page of this server. Images are
 * shown, text is shown as text, all else is a download; scripts run in none of them.
 */
export function inertHeaders(path: string): Record<string, string> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const extension = extname(name).toLowerCase();
  const image = IMAGES[extension];
  const type = image ?? (TEXTS.has(extension) ? 'text/plain; charset=utf-8' : null);
  return {
    'Content-Type': type ?? 'application/octet-stream',
    'Content-Disposition': disposition(type === null ? 'attachment' : 'inline', name),
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'X-Content-Type-Options': 'nosniff',
  };
}

/** `attachment; filename="…"; filename*=UTF-8''…` */
export function disposition(kind: 'attachment' | 'inline', name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
