import type { Page, Request } from 'playwright-core';

/** What stands before the page while it is open. */
const LAYERS = '[role=dialog], [role=alertdialog], [role=menu]';
const BUTTONS = ':is(button, [role=menuitem]):not(:disabled, [aria-disabled=true])';
const FIELDS = 'form :is(input:not([type]), input[type=text])';
/** Buttons that open something with buttons that open something. */
const DEEPEST = 3;

const LINKS = 'a[href^="/"]:not([download], [href^="/api/"], [href*="/-/raw/"])';

/** The links of the page to others of the app that are in sight. */
export const linksOf = (page: Page): Promise<string[]> =>
  page.evaluate(
    (links) =>
      [...document.querySelectorAll(links)]
        .filter((each) => each.checkVisibility())
        .map((each) => each.getAttribute('href') ?? ''),
    LINKS,
  );

/** The names of the buttons in the uppermost layer, each once. */
const buttonsOf = (page: Page): Promise<string[]> =>
  page.evaluate(
    ([layers, buttons]) => {
      const layer = [...document.querySelectorAll(layers)].at(-1) ?? document.querySelector('main');
      const names = [...(layer?.querySelectorAll<HTMLElement>(buttons) ?? [])]
        .filter((each) => each.checkVisibility())
        .map((each) => (each.getAttribute('aria-label') ?? each.textContent).trim());
      return [...new Set(names)];
    },
    [LAYERS, BUTTONS] as const,
  );

/** Presses the button of that name in the uppermost layer, whose form is filled with anything; false: there is none. */
const press = (page: Page, name: string): Promise<boolean> =>
  page.evaluate(
    ([layers, buttons, fields, wanted]) => {
      const layer = [...document.querySelectorAll(layers)].at(-1) ?? document.querySelector('main');
      const button = [...(layer?.querySelectorAll<HTMLElement>(buttons) ?? [])].find(
        (each) => (each.getAttribute('aria-label') ?? each.textContent).trim() === wanted,
      );
      for (const field of layer?.querySelectorAll<HTMLInputElement>(fields) ?? [])
        if (field.value === '') {
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, 'A1');
          field.dispatchEvent(new Event('input', { bubbles: true }));
        }
      button?.click();
      return button !== undefined;
    },
    [LAYERS, BUTTONS, FIELDS, name] as const,
  );

/** Until the page has what it shows. */
export async function isThere(page: Page): Promise<void> {
  await page.locator('main').waitFor();
  const loading = page.getByRole('status', { name: 'Loading' });
  do {
    await loading.first().waitFor({ state: 'detached' });
    await frame(page);
    await frame(page);
  } while ((await loading.count()) > 0);
}

const frame = (page: Page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
const isOpen = async (page: Page) => (await page.locator(LAYERS).count()) > 0;

/**
 * Presses each button of pages, and each of what that opens: so a page is found to offer what the server refuses, whatever
 * its buttons are called. What has been pressed on a page once, whoever did, is not pressed there again.
 */
export class Presser {
  /** What the server refused, a line each. */
  readonly refused: string[] = [];
  readonly #pressed = new Set<string>();
  readonly #underWay = new Set<Request>();
  #way = '';

  /** `open` leads to the page, which is there already. */
  async pressAll(page: Page, name: string, open: () => Promise<unknown>): Promise<void> {
    const watched = this.#watch(page);
    const { pathname } = new URL(page.url());
    const ways = (await buttonsOf(page)).map((each) => [each]);
    for (const way of ways) {
      this.#way = [name, ...way].join(' → ');
      const key = this.#way.replace(/\d+/g, 'N');
      if (this.#pressed.has(key)) continue;
      this.#pressed.add(key);
      if (await isOpen(page)) await page.keyboard.press('Escape');
      if ((await isOpen(page)) || new URL(page.url()).pathname !== pathname) await open();
      for (const [depth, each] of way.entries()) {
        if (!(await press(page, each)) && depth === 0) {
          // What was pressed before has put it away.
          await open();
          await press(page, each);
        }
        await this.#settle(page);
      }
      if (way.length < DEEPEST && (await isOpen(page)))
        ways.push(...(await buttonsOf(page)).map((each) => [...way, each]));
    }
    watched();
  }

  /** Follows what the page changes on the server. */
  #watch(page: Page): () => void {
    const asked = (request: Request) => void (request.method() === 'GET' || this.#underWay.add(request));
    const ended = async (request: Request) => {
      if (!this.#underWay.has(request)) return;
      const status = (await request.response())?.status() ?? 0;
      const { pathname } = new URL(request.url());
      if ([401, 403, 404].includes(status))
        this.refused.push(`${this.#way}: ${request.method()} ${pathname} is answered ${status}`);
      this.#underWay.delete(request);
    };
    const failed = (request: Request) => void this.#underWay.delete(request);
    page.on('request', asked).on('requestfinished', ended).on('requestfailed', failed);
    return () => page.off('request', asked).off('requestfinished', ended).off('requestfailed', failed);
  }

  /** Until all that was asked for is answered. */
  async #settle(page: Page): Promise<void> {
    await frame(page);
    await frame(page);
    while (this.#underWay.size > 0) await frame(page);
  }
}
