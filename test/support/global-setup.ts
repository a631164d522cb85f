import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/db/dialect.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { DoorAnswer } from './postgres.ts';
import { startPostgres, type PostgresServer } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A unix socket of this run; whoever connects is told where PostgreSQL is, which starts it if need be. */
    postgresDoor: string;
  }
}

/** Runs once, in Vitest's own process, before any test file. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'jobyard-test-'));
  let starting: Promise<PostgresServer & { template: string }> | undefined;

  const door = createServer(async (visitor) => {
    visitor.on('error', () => {});
    starting ??= startWithTemplate();
    const answer: DoorAnswer = await starting.then(
      ({ url, template }) => ({ url, template }),
      (error: unknown) => ({ error: String(error) }),
    );
    visitor.end(JSON.stringify(answer));
  });
  door.listen(join(folder, 'postgres.door'));
  await once(door, 'listening');
  project.provide('postgresDoor', join(folder, 'postgres.door'));

  return async () => {
    door.close();
    await starting?.then(
      (server) => server.stop(),
      () => {},
    );
    await rm(folder, { recursive: true, force: true });
  };
}

/** A server with a database that has the present schema, of which those of the tests are copies. */
async function startWithTemplate(): Promise<PostgresServer & { template: string }> {
  const server = await startPostgres();
  const template = `jobyard_template_${randomBytes(8).toString('hex')}`;
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  try {
    await run(`CREATE DATABASE ${template} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`);
    const url = new URL(server.url);
    url.pathname = `/${template}`;
    const db = await openDatabase('', url.href);
    await migrate(db).finally(() => db.close());
  } catch (error) {
    await server.stop();
    throw error;
  }
  const stop = async () => {
    // A server that was given to us stays.
    await run(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`).catch(() => {});
    await server.stop();
  };
  return { url: server.url, template, stop };
}
