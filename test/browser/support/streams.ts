import type { Page } from 'playwright-core';

/** The addresses of the streams of server-sent events that a page has open by now. */
export function streamsOf(page: Page): () => string[] {
  const open = new Map<object, string>();
  page.on('request', (request) => {
    const { accept = '' } = request.headers();
    if (accept.includes('text/event-stream')) open.set(request, request.url());
  });
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => open.delete(request));
  return () => [...open.values()];
}
