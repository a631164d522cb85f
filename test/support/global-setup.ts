import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import type { Database } from '../../src/db/database.ts';
import { openDatabase } from '../../src/db/dialect.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { DoorAnswer } from './postgres.ts';
import { startPostgres, type PostgresServer } from './postgres-server.ts';
import { placeRoot } from './root.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A unix socket of this run; whoever connects is told where PostgreSQL is, which starts it if need be. */
    postgresDoor: string;
  }
}

/** Runs once, in Vitest's own process, before any test file. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'jobyard-test-'));
  let starting: Promise<PostgresServer & Templates> | undefined;

  const door = createServer(async (visitor) => {
    visitor.on('error', () => {});
    starting ??= startWithTemplate();
    const answer: DoorAnswer = await starting.then(
      ({ url, template, templateWithRoot }) => ({ url, template, templateWithRoot }),
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

interface Templates {
  template: string;
  templateWithRoot: string;
}

/** A server with databases that have the present schema, of which those of the tests are copies. */
async function startWithTemplate(): Promise<PostgresServer & Templates> {
  const server = await startPostgres();
  const template = `jobyard_template_${randomBytes(8).toString('hex')}`;
  const templateWithRoot = `${template}_root`;
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  const fill = async (name: string, how: (db: Database) => Promise<void>) => {
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    const db = await openDatabase('', url.href);
    await how(db).finally(() => db.close());
  };
  try {
    await run(`CREATE DATABASE ${template} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`);
    await fill(template, migrate);
    await run(`CREATE DATABASE ${templateWithRoot} TEMPLATE ${template}`);
    await fill(templateWithRoot, placeRoot);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const stop = async () => {
    // A server that was given to us stays.
    for (const name of [templateWithRoot, template])
      await run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).catch(() => {});
    await server.stop();
  };
  return { url: server.url, template, templateWithRoot, stop };
}
