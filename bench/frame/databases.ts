import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startPostgres } from '../../test/support/postgres-server.ts';

/** Where benchmarks find databases: SQLite lies in the data folder, PostgreSQL is made for them. */
export interface BenchPostgres {
  /** The URL of a new, empty database. */
  create(): Promise<string>;
  stop(): Promise<void>;
}

/** A PostgreSQL that syncs as it does in earnest. */
export async function openPostgres(): Promise<BenchPostgres> {
  const server = await startPostgres({ durable: true });
  const created: string[] = [];
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  return {
    async create() {
      const name = `jobyard_bench_${randomBytes(8).toString('hex')}`;
      await run(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`);
      created.push(name);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    async stop() {
      for (const name of created) await run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await server.stop();
    },
  };
}
