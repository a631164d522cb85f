import type { Page } from 'playwright-core';

/**
 * Texts of the page with characters that turn the order of others, but without a mark that shows them. Not of a log, which
 * is as it was written, nor of what a browser shows as plain text alone: options, fields that are typed into.
 */
export const unmarkedTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode() as Text | null; text; text = walker.nextNode() as Text | null) {
      const { data, parentElement: parent } = text;
      if (!parent || !/[\u202a-\u202e\u2066-\u2069]/.test(data)) continue;
      if (parent.closest('[data-code], [data-line], script, style, option, textarea')) continue;
      found.add(`${parent.tagName.toLowerCase()}.${parent.className}: ${data.slice(0, 80)}`);
    }
    return [...found];
  });
