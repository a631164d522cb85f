import { randomBytes } from 'node:crypto';
import { createConnection } from 'node:net';
import { json } from 'node:stream/consumers';
import pg from 'pg';
import { inject } from 'vitest';
import { afterEachFile } from './after-each-file.ts';

/** What the door of test/support/global-setup.ts answers. */
export type DoorAnswer = { url: string; template: string; templateWithRoot: string } | { error: string };

const created: string[] = [];

/**
 * Creates a database with the present schema and nothing in it, or nobody but root, and returns its URL; it is dropped after
 * the test file that asked for it. The first call of a whole run starts PostgreSQL, so a run without such a test never does.
 */
export async function createTestDatabase({ withRoot = false } = {}): Promise<string> {
  const { url: server, template, templateWithRoot } = await askDoor();
  const name = `jobyard_test_${randomBytes(8).toString('hex')}`;
  // To copy the schema takes a quarter of the time that the migrations take.
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE ${withRoot ? templateWithRoot : template}`);
  created.push(name);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

// Registered where the file imports this module, hence run after the hooks that close the file's connections.
afterEachFile(async () => {
  for (const name of created.splice(0)) {
    await onServer((await askDoor()).url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
});

async function askDoor(): Promise<Exclude<DoorAnswer, { error: string }>> {
  const answer = (await json(createConnection(inject('postgresDoor')))) as DoorAnswer;
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
