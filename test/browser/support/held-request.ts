import type { Page } from 'playwright-core';

const never = new Promise<void>(() => {});
const WORDS = '403 Forbidden - not today';

/**
 * Holds back what the page sends to these addresses to have something changed. The answer: how to have it refused, and to wait
 * until the page has said so.
 */
export async function holdChanges(page: Page, addresses: string): Promise<() => Promise<void>> {
  const { promise: refused, resolve: refuse } = Promise.withResolvers<void>();
  await page.route(addresses, async (route) => {
    if (route.request().method() === 'GET') return route.fallback();
    await refused;
    await route.fulfill({ status: 403, json: { message: WORDS } });
  });
  return async () => {
    refuse();
    await page.getByText(WORDS).first().waitFor();
  };
}

/** From now on nothing that the page asks for arrives: what it shows then, it knows by itself. */
export async function holdReplies(page: Page): Promise<void> {
  await page.route('**/api/v4/**', async (route) => {
    const isOfLog = /\/trace\b/.test(route.request().url());
    if (route.request().method() !== 'GET' || isOfLog) return route.fallback();
    await never;
  });
}

/** Both. */
export async function holdRequests(page: Page, addresses: string): Promise<() => Promise<void>> {
  await holdReplies(page);
  return await holdChanges(page, addresses);
}
