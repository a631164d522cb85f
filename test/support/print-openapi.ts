/** Prints docs/generated/openapi.json: `node test/support/print-openapi.ts`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { startServer } from '../../src/server.ts';

const data = mkdtempSync(join(tmpdir(), 'jobyard-openapi-'));
try {
  const flags = ['--port', '0', '--runner', 'off', '--log-level', 'error', '--data', data];
  const server = await startServer(readConfig(flags, { PATH: process.env['PATH'] }));
  const document: unknown = await (await fetch(`${server.url}/api/v4/openapi.json`)).json();
  const file = new URL('../../docs/generated/openapi.json', import.meta.url);
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  await server.close();
} finally {
  rmSync(data, { recursive: true, force: true });
}
