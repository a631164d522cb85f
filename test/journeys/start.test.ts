import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { StartError } from '../../src/errors.ts';
import { databases } from '../support/databases.ts';
import { npmStart } from '../support/npm-start.ts';
import { poolerWithoutOptions, transactionPooler } from '../support/poolers.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { bootServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const repository = resolve(import.meta.dirname, '../..');

/** Starts the server where it cannot start; answers its exit code and what it complains of. */
function failToStart(...flags: string[]) {
  const { status, stderr } = spawnSync(process.execPath, ['src/main.js', 'serve', '--port', '0', ...flags], {
    cwd: repository,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, lines: stderr.trim().split('\n') };
}

test('npm start prints password and token the first time only, keeps them, and stops when npm is signalled', async () => {
  const first = await npmStart();
  expect(first.output()).toContain(first.rootToken);
  expect(first.output()).toMatch(/Jobyard is ready at http:\/\/127\.0\.0\.1:\d+$/);
  expect(await first.api('GET', '/version')).toMatchObject({ status: 200 });
  for (const secret of ['root-token', 'root-password']) {
    expect(statSync(join(first.data, secret)).mode & 0o777).toBe(0o600);
  }
  await first.stop();
  await expect(fetch(first.url)).rejects.toThrow('fetch failed');

  const again = await npmStart({ data: first.data });
  expect(again.output()).not.toContain(first.rootToken);
  expect(again.rootToken).toBe(first.rootToken);
  expect(await again.api('GET', '/version')).toMatchObject({ status: 200 });
  await again.stop();
});

test('a killed server starts again on the same data', async () => {
  const killed = await npmStart();
  await killed.kill9();
  await expect(fetch(killed.url)).rejects.toThrow('fetch failed');
  const again = await npmStart({ data: killed.data });
  expect(await again.api('GET', '/version')).toMatchObject({ status: 200 });
  await again.stop();
});

test('a relative data folder is below the folder npm was called from', async () => {
  const here = temporaryFolder();
  mkdirSync(join(here, 'kept'));
  const server = await npmStart({
    data: join(realpathSync(here), 'kept'),
    flags: ['--data', 'kept'],
    cwd: here,
  });
  expect(statSync(join(here, 'kept', 'root-token')).isFile()).toBe(true);
  await server.stop();
});

test('a second server on the same data is refused in one line, and the first goes on', async () => {
  const first = await npmStart({ flags: ['--runner', 'off'] });
  const { status, lines } = failToStart('--data', first.data);
  expect(status).toBe(1);
  expect(lines).toEqual([expect.stringMatching('data folder .* in use by another Jobyard server: .*--data')]);
  expect(await first.api('GET', '/version')).toMatchObject({ status: 200 });
  await first.stop();
});

test('a port in use is one line that says what to do', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const { status, lines } = failToStart('--data', temporaryFolder(), '--port', String(port));
  holder.close();
  expect(status).toBe(1);
  expect(lines).toEqual([expect.stringMatching(`Port ${port} .* is in use: .*--port`)]);
});

test('a first start that failed leaves password and token to be told by the next', async () => {
  const data = temporaryFolder();
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  expect(failToStart('--data', data, '--port', String(port)).status).toBe(1);
  holder.close();
  const server = await npmStart({ data });
  expect(server.output()).toContain(server.rootToken);
  await server.stop();
});

test('a data folder that cannot be one is a line that says what to do', () => {
  const file = join(temporaryFolder(), 'a-file');
  writeFileSync(file, '');
  chmodSync(file, 0o400);
  const { status, lines } = failToStart('--data', file);
  expect(status).toBe(1);
  expect(lines).toEqual([expect.stringMatching('data folder .* cannot be written .*--data')]);
});

test('a folder for blobs where none can be made is a line that says what to do', () => {
  const { status, lines } = failToStart('--data', temporaryFolder(), '--blobs', 'file:/proc/none/here');
  expect(status).toBe(1);
  expect(lines).toEqual([expect.stringMatching('blob storage /proc/none/here cannot be written .*--blobs')]);
});

test('a database newer than the program is a line that says what to do', () => {
  const data = temporaryFolder();
  const database = new DatabaseSync(join(data, 'jobyard.db'));
  database.exec(`CREATE TABLE schema_migrations (id BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL);
    INSERT INTO schema_migrations (id, name, applied_at) VALUES (1000000, 'of a later version', 0)`);
  database.close();
  const { status, lines } = failToStart('--data', data);
  expect(status).toBe(1);
  expect(lines).toEqual([expect.stringMatching('newer than this program .*start the newer Jobyard')]);
});

test('all bad flags are told at once', () => {
  const { status, lines } = failToStart('--data', temporaryFolder(), '--runner', 'maybe', '--colour', 'red');
  expect(status).toBe(1);
  expect(lines).toEqual([expect.stringMatching(/--colour is not a flag.*--runner is "maybe"/)]);
});

test.runIf(databases.includes('postgres')).each([
  ['gives its connections to others meanwhile', transactionPooler, 'two connections to it are one'],
  ['takes no settings', poolerWithoutOptions, 'unsupported startup parameter: options'],
])('a database behind a pooler that %s is one line that says what to do', async (_, behind, reason) => {
  const url = await behind(await createTestDatabase());
  const error: unknown = await bootServer({ database: 'postgres', config: { database_url: url } }).catch(
    (refused: unknown) => refused,
  );
  expect(error).toBeInstanceOf(StartError);
  const { message } = error as StartError;
  expect(message).toContain(reason);
  expect(message).toContain('give --database-url the address of PostgreSQL itself');
  expect(message).not.toContain(new URL(url).password);
});

test('a database that cannot be reached is one line that says what to do', () => {
  const { status, lines } = failToStart(
    '--data',
    temporaryFolder(),
    '--database-url',
    'postgres://nobody:secret@127.0.0.1:1/none',
  );
  expect(status).toBe(1);
  expect(lines).toEqual([expect.stringContaining('database')]);
  expect(lines[0]).not.toContain('secret');
});
