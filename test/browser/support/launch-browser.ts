import { type Browser, chromium } from 'playwright-core';
import { findBrowser } from './find-browser.ts';

/** Chromium as root in a container, and without looking for anything outside. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // This machine by a name: over plain http a browser trusts 127.0.0.1, and no other.
  '--host-resolver-rules=MAP *.jobyard.test 127.0.0.1',
];

/** @throws Error where there is no Chromium */
export async function launchBrowser(executablePath = findBrowser()): Promise<Browser> {
  if (executablePath === null)
    throw new Error('There is no Chromium: install it, or name one in JOBYARD_TEST_BROWSER.');
  return await chromium.launch({ executablePath, args: ARGUMENTS });
}
