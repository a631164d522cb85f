import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** More stops than any page has before what a test looks for. */
const MOST = 120;

/** Goes on with Tab until it is at one of these. @throws when Tab does not lead there */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.first().waitFor();
  await isWithin(page.getByRole('dialog'));
  for (let stop = 0; stop < MOST; stop++) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluateAll((all) => all.includes(document.activeElement as HTMLElement))) return;
  }
  throw new Error(`Tab does not lead to ${wanted.toString()}`);
}

/** Until the focus is there. */
export async function focusIsAt(wanted: Locator): Promise<void> {
  await expect.poll(() => wanted.evaluate((each) => each === document.activeElement)).toBe(true);
}

/** Until the focus is within the last of these, if there is any: what opens takes it a moment later, wherever it is by then. */
async function isWithin(layers: Locator): Promise<void> {
  await expect
    .poll(() => layers.evaluateAll((all) => all.at(-1)?.contains(document.activeElement) ?? true))
    .toBe(true);
}

/** Goes there by Tab, and presses it. */
export async function pressAt(page: Page, wanted: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press(key);
}

/** Goes there by Tab, and types over what stands there. */
export async function typeAt(page: Page, wanted: Locator, text: string): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

/** Opens the menu of a button, and goes down to what it offers. */
export async function chooseAt(page: Page, menu: Locator, item: string): Promise<void> {
  await pressAt(page, menu);
  const wanted = page.getByRole('menuitem', { name: item });
  const all = page.getByRole('menuitem');
  await all.first().waitFor();
  await isWithin(page.getByRole('menu'));
  const isThere = () => wanted.evaluate((each) => each === document.activeElement);
  for (let stop = await all.count(); stop > 0 && !(await isThere()); stop--)
    await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
}
