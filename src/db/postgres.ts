import { Kysely } from 'kysely';
import pg from 'pg';
import { StartError } from '../errors.ts';
import { asTransaction, collectHooks, type Database, runHooks } from './database.ts';
import { clientDialect, poolDialect, Statements } from './postgres-driver.ts';
import { PostgresLine } from './postgres-line.ts';
import type { Tables } from './schema.ts';
import { isStale } from './statement-batch.ts';
import { Audience } from './tell.ts';
import { isUnanswered } from './unavailable.ts';

/** serialization_failure, deadlock_detected */
const AGAIN = new Set(['40001', '40P01']);
const TRIES = 5;

/** Whether the transaction did nothing and may be tried again. */
const isPassing = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (AGAIN.has(error.code ?? '') || isStale(error));

/** bigint and numeric come as text by default; ids, times and counts stay below 2^53. */
const NUMBERS = new Set<number>([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    return NUMBERS.has(oid) ? Number : pg.types.getTypeParser(oid, format as 'text');
  },
};

const CONNECTIONS = 10;
/** In which there must be a connection where `statement` does not say so. */
const CONNECT_MS = 10_000;
/** What a database has for saying that a statement took too long, before its connection is given up. */
const SAYING_SO_MS = 1000;

/**
 * Opens a pool of connections. Plans are generic: a statement's plan is made once a connection,
 * which is 2.6 times faster on a list page than planning each time.
 *
 * A statement that is not answered in `statement` milliseconds (null: for ever) fails as `unavailableBecause`
 * says: the database gives it up, and the connection of one that does not even do that is given up.
 * @throws StartError when the server cannot be reached
 */
export async function openPostgres(url: string, statement: number | null): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    types,
    connectionTimeoutMillis: statement ?? CONNECT_MS,
    options: `-c plan_cache_mode=force_generic_plan -c jit=off -c statement_timeout=${statement ?? 0}`,
    ...(statement === null ? {} : { query_timeout: statement + SAYING_SO_MS }),
    application_name: 'jobyard',
  });
  // An idle connection that the server closes is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  try {
    if (await isShared(pool)) throw new StartError(behindPooler(url, 'two connections to it are one'));
  } catch (error) {
    await pool.end();
    if (error instanceof StartError) throw error;
    const message = messageOf(error);
    if (/unsupported startup parameter/.test(message)) throw new StartError(behindPooler(url, message));
    throw new StartError(
      `The database ${withoutPassword(url)} cannot be reached (${message}): check --database-url and that PostgreSQL is running.`,
    );
  }

  const audience = new Audience();
  const statements = new Statements();
  const write: Database['write'] = async (work) => {
    for (let attempt = 1; ; attempt++) {
      const client = await pool.connect();
      let broken = false;
      // Its statements fail when the connection does; but unheard, the event would end the process.
      const onLost = () => (broken = true);
      client.on('error', onLost);
      try {
        await client.query('BEGIN');
        let isOver = false;
        const dialect = clientDialect(client, statements, () => isOver);
        const tx = asTransaction(new Kysely<Tables>({ dialect }));
        const hooks = collectHooks(tx, audience);
        const value = await work(tx).finally(() => (isOver = true));
        const { command } = await client.query('COMMIT');
        // So PostgreSQL answers when a statement had failed and nobody said so.
        if (command === 'ROLLBACK') throw new Error('a statement of the transaction failed unheard');
        runHooks(hooks);
        return value;
      } catch (error) {
        // Behind a statement that is not answered, nothing is.
        if (isUnanswered(error)) broken = true;
        else await client.query('ROLLBACK').catch(() => (broken = true));
        if (!isPassing(error) || attempt >= TRIES) throw error;
      } finally {
        client.off('error', onLost);
        client.release(broken);
      }
    }
  };

  return {
    kind: 'postgres',
    read: new Kysely<Tables>({ dialect: poolDialect(pool, statements) }),
    write,
    unsettled: () => null,
    audience,
    openLine: (name, ends) => new PostgresLine(url, name, ends),
    close: () => pool.end(),
  };
}

/**
 * Whether two connections that are open at once have one process of the server, which is so only behind a pooler that
 * gives it to another client with the end of each transaction. Such a one may also have a process for each of ours by now.
 */
async function isShared(pool: pg.Pool): Promise<boolean> {
  const clients: pg.PoolClient[] = [];
  const processes = new Set<number>();
  try {
    for (let each = 0; each < 2; each += 1) {
      const client = await pool.connect();
      clients.push(client);
      const { rows } = await client.query<{ id: number }>('SELECT pg_backend_pid() AS id');
      processes.add(rows[0]?.id ?? 0);
    }
    return processes.size < clients.length;
  } finally {
    for (const client of clients) client.release();
  }
}

const behindPooler = (url: string, reason: string) =>
  `The database ${withoutPassword(url)} is behind a pooler such as PgBouncer (${reason}), but Jobyard prepares statements and listens on its connections: give --database-url the address of PostgreSQL itself (docs/operate/postgresql.md).`;

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    if (parsed.password) parsed.password = '***';
    return parsed.toString();
  } catch {
    return 'given';
  }
}
