import type { Page } from 'playwright-core';

/**
 * The scripts that the page has asked for until now, with the bytes of each as it is sent compressed by gzip: browsers take
 * nothing smaller from a server that is spoken to without TLS.
 */
export async function compressedScripts(page: Page): Promise<Record<string, number>> {
  const asked = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  const scripts = [...new Set(asked)].filter((url) => new URL(url).pathname.endsWith('.js'));
  const sizes = scripts.map(async (url) => {
    const reply = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
    await reply.body?.cancel();
    return [new URL(url).pathname, Number(reply.headers.get('content-length'))] as const;
  });
  return Object.fromEntries(await Promise.all(sizes));
}
