import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Longer than a page takes to ask for what an event or another reply has made it want. */
const REST_MS = 1000;

/**
 * Does this, which opens an address; answers what the page asks the API for then, as `GET /api/…` and the
 * range of it, until it asks for nothing more.
 * It is done again while the page's stream tells of something that has changed meanwhile.
 */
export type Undisturbed = (act: () => Promise<unknown>) => Promise<string[]>;

/** Watches what a page asks for from now on. */
export async function watchRequests(page: Page): Promise<Undisturbed> {
  let asked: string[] = [];
  let last = Date.now();
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url());
    if (!pathname.startsWith('/api/')) return;
    const { range = '' } = request.headers();
    asked.push(`${request.method()} ${pathname}${search} ${range}`.trim());
    last = Date.now();
  });
  await page.addInitScript(countChanges);
  return async (act) => {
    const changes = async () => {
      asked = [];
      await act();
      while (Date.now() < last + REST_MS) await new Promise((resolve) => setTimeout(resolve, 50));
      return await page.evaluate(() => (globalThis as { changes?: number }).changes);
    };
    await expect.poll(changes, { timeout: 60_000 }).toBe(0);
    return asked;
  };
}

/** Runs in the page, before anything of it. */
function countChanges(): void {
  const told = globalThis as { changes?: number };
  told.changes = 0;
  const listen = EventSource.prototype.addEventListener;
  EventSource.prototype.addEventListener = function (type: string, ...rest: unknown[]) {
    if (type !== 'ready' && type !== 'error')
      listen.call(this, type, () => (told.changes = (told.changes ?? 0) + 1));
    listen.call(this, type, ...(rest as [() => void]));
  };
}
