import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { findBrowser } from './find-browser.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Runs once, before any test file: the web app as its sources are now, which the servers of the tests give out. */
export default async function setup(): Promise<void> {
  await promisify(execFile)(process.execPath, ['web/build.ts'], { cwd: ROOT });
  if (findBrowser() === null)
    console.warn(`
  ┌───────────────────────────────────────────────────────────────────────────┐
  │ THERE IS NO BROWSER: the tests of the web app in test/browser are SKIPPED. │
  │ Install Chromium (Debian: chromium-headless-shell or chromium), or name    │
  │ one in JOBYARD_TEST_BROWSER.                                               │
  └───────────────────────────────────────────────────────────────────────────┘
`);
}
