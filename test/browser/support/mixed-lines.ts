import type { Page } from 'playwright-core';

/**
 * Lines in which a character that turns the order of others stands beside text that is not its own: there it could make
 * ours read as something else. What has a mark instead turns nothing.
 * @param values texts from outside, as they were given
 */
export const mixedLines = (page: Page, values: readonly string[]): Promise<string[]> =>
  page.evaluate((given) => {
    const own = new Set(given);
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- only what is in here is known to the page
    const isApart = (element: Element) => {
      const { display, unicodeBidi } = getComputedStyle(element);
      return !/^(?:inline|contents)$/.test(display) || /isolate|plaintext/.test(unicodeBidi);
    };
    const lines = new Map<Element, Text[]>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode() as Text | null; text; text = walker.nextNode() as Text | null) {
      let element = text.parentElement ?? document.body;
      while (!isApart(element) && element.parentElement) element = element.parentElement;
      if (!element.closest('script, style, option, textarea'))
        lines.set(element, [...(lines.get(element) ?? []), text]);
    }
    return [...lines].flatMap(([element, texts]) => {
      const turning = texts.filter(({ data }) => /[\u202a-\u202e\u2066-\u2069]/.test(data));
      const alone =
        turning.length === 1 && texts.every((text) => text === turning[0] || text.data.trim() === '');
      const isMark = element.hasAttribute('data-code');
      const isName = turning.every(({ data }) =>
        data.split('\n').every((line) => own.has(line.trim()) || line.trim() === ''),
      );
      if (turning.length === 0 || isMark || (alone && isName)) return [];
      return [
        `${element.tagName.toLowerCase()}.${element.className}: ${texts.map(({ data }) => data).join('|')}`,
      ];
    });
  }, values);
