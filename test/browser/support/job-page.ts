import type { Page } from 'playwright-core';

/** A job for a simulated runner. */
export const WRITES = 'writes:\n  tags: [simulated]\n  script: [it is simulated]\n';

/** A line of the log that is shown, by its number. */
export const line = (page: Page, number: number) => page.locator(`[data-line="${number}"]`);

/** The status at the head of the page. */
export const badge = (page: Page, status: string) =>
  page.getByRole('main').getByText(status, { exact: true }).first();
