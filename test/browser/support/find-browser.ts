import { existsSync } from 'node:fs';

/** Without windows, menus and a compositor, which nobody sees here: it takes half the time of the processor. */
const SHELL = '/usr/bin/chromium-headless-shell';
const WHOLE = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const firstOf = (places: readonly string[]): string | null =>
  process.env['JOBYARD_TEST_BROWSER'] || (places.find((place) => existsSync(place)) ?? null);

/** The Chromium of this machine: what JOBYARD_TEST_BROWSER names, or one at a usual place; null when there is none. */
export const findBrowser = (): string | null => firstOf([SHELL, ...WHOLE]);

/** One as people have it: what it draws takes as long as for them, on a machine without a graphics processor. */
export const findWholeBrowser = (): string | null => firstOf([...WHOLE, SHELL]);
