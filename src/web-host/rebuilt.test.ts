import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fastify from 'fastify';
import { afterAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { mountWeb } from './mount-web.ts';

// Else it waits for a connection whose last reply it has not seen the end of.
const app = fastify({ forceCloseConnections: true });
afterAll(() => app.close());

test('a file that a build has taken away since the start is not found, and the server goes on', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'assets'));
  for (const file of ['index.html', 'favicon.svg', 'assets/old.js', 'assets/kept.js'])
    writeFileSync(join(folder, file), file);
  writeFileSync(join(folder, 'pages.json'), '[]');
  mountWeb(app, folder, () => '');
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const get = async (file: string) => {
    const reply = await fetch(`${url}/assets/${file}`);
    await reply.text();
    return reply.status;
  };
  expect(await get('old.js')).toBe(200);
  rmSync(join(folder, 'assets/old.js'));
  expect(await get('old.js')).toBe(404);
  expect(await get('kept.js')).toBe(200);
});
