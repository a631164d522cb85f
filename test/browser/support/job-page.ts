import type { Page } from 'playwright-core';
import type { TestServer } from '../../support/server.ts';
import { visit } from './browser.ts';
import { ciYard } from './ci-yard.ts';

/** A job for a simulated runner. */
export const WRITES = 'writes:\n  tags: [simulated]\n  script: [it is simulated]\n';

export const log = (page: Page) => page.getByRole('region', { name: 'Log', exact: true });
export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

/** A line of the log that is shown, by its number. */
export const line = (page: Page, number: number) => page.locator(`[data-line="${number}"]`);

/** The status at the head of the page. */
export const badge = (page: Page, status: string) =>
  page.getByRole('main').getByText(status, { exact: true }).first();

/** A page that shows the log of a job that has ended so. */
export async function showing(server: TestServer, text: string, state: 'success' | 'failed' = 'success') {
  const yard = await ciYard(server, WRITES);
  const job = await yard.take();
  await job.write(text);
  await job.finish(state);
  const page = await visit(server);
  await page.goto(yard.page('writes'));
  await log(page).waitFor();
  return { yard, page };
}
