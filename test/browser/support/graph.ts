import type { Page } from 'playwright-core';

/** The picture of a pipeline. */
export const graph = (page: Page) => page.getByRole('application', { name: /Graph/ });

/** A job in the graph, by its name and the name of its status. */
export const node = (page: Page, name: string, status: string) =>
  graph(page)
    .locator('[data-place]')
    .filter({ has: page.getByText(name, { exact: true }) })
    .filter({ has: page.getByRole('img', { name: status, exact: true }) });

/** What the header says of the connection to the server, by its word. */
export const sign = (page: Page, word: string) => page.getByRole('status').getByText(word, { exact: true });
