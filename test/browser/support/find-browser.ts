import { existsSync } from 'node:fs';

const PLACES = [
  // Without windows, menus and extensions, which nobody sees here: it takes half the time of the processor.
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The Chromium of this machine: what JOBYARD_TEST_BROWSER names, or one at a usual place; null when there is none. */
export function findBrowser(): string | null {
  const named = process.env['JOBYARD_TEST_BROWSER'];
  if (named) return named;
  return PLACES.find((place) => existsSync(place)) ?? null;
}
