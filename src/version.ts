import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** This program's own version. */
export const JOBYARD_VERSION = manifest.version;
/** The GitLab whose API and runner protocol this program speaks: clients choose what to call by it. */
export const VERSION = '19.4.0';
export const REVISION = `jobyard-${JOBYARD_VERSION}`;
