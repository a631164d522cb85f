import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from './databases.ts';
import { createTestDatabase } from './postgres.ts';

describe.runIf(databases.includes('postgres'))('PostgreSQL of the tests', () => {
  let client: pg.Client;

  beforeAll(async () => {
    client = new pg.Client({ connectionString: await createTestDatabase() });
    await client.connect();
  });
  afterAll(() => client.end());

  test('a test database speaks UTF8 and sorts by bytes', async () => {
    const { rows } = await client.query(
      `SELECT pg_encoding_to_char(encoding) AS encoding, datcollate AS collation
       FROM pg_database WHERE datname = current_database()`,
    );
    expect(rows).toEqual([{ encoding: 'UTF8', collation: 'C' }]);
  });

  test('two test databases know nothing of each other', async () => {
    await client.query('CREATE TABLE mine (id integer)');
    const other = new pg.Client({ connectionString: await createTestDatabase() });
    await other.connect();
    await expect(other.query('SELECT * FROM mine')).rejects.toThrow('relation "mine" does not exist');
    await other.end();
  });

  test('PostgreSQL ends with the process that asked for it, even when that is killed', async () => {
    const module = new URL('postgres-server.ts', import.meta.url).href;
    const program = `
      const { startPostgres } = await import(${JSON.stringify(module)});
      console.log((await startPostgres()).url);
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      env: { ...process.env, JOBYARD_TEST_DATABASE_URL: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
    expect(await reach(url)).toBe('answers');

    owner.kill('SIGKILL');
    await expect.poll(() => reach(url)).toBe('ECONNREFUSED');
  });
});

async function reach(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.end();
    return 'answers';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
