import pg from 'pg';
import type { Line, LineEnds } from './line.ts';

/** Between attempts to connect. */
const AGAIN_MS = 1000;
/** In which the database must answer. */
const ANSWER_MS = 10_000;

/**
 * A connection of its own that listens on a channel and notifies it. It is not the pool's: a notification within a
 * transaction would have all transactions that notify commit one after the other, each waiting for the disk of the one before. It
 * is connected again whenever it is lost, until it is closed.
 */
export class PostgresLine implements Line {
  readonly #url: string;
  readonly #name: string;
  readonly #ends: LineEnds;
  #client: pg.Client | null = null;
  #again: NodeJS.Timeout | null = null;
  #connecting: Promise<void>;
  #said: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** `name`: a lower-case identifier. */
  constructor(url: string, name: string, ends: LineEnds) {
    this.#url = url;
    this.#name = name;
    this.#ends = ends;
    this.#connecting = this.#connect();
  }

  async say(texts: readonly string[]): Promise<void> {
    const client = this.#client;
    if (!client) throw new Error('the line is not connected');
    // pg is about to refuse what is asked of a connection while something else is.
    const said = this.#said.then(() =>
      client.query('SELECT pg_notify($1, text) FROM unnest($2::text[]) AS said (text)', [this.#name, texts]),
    );
    this.#said = said.catch(() => {});
    await said;
  }

  hangUp(): void {
    const client = this.#client;
    // Else it is being connected already.
    if (!client) return;
    this.#client = null;
    void client.end().catch(() => {});
    this.#ends.lost();
    this.#later();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#again) clearTimeout(this.#again);
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => {});
    await this.#connecting;
  }

  async #connect(): Promise<void> {
    this.#again = null;
    const client = new pg.Client({
      connectionString: this.#url,
      // Nothing that is said here needs to survive the database.
      options: '-c synchronous_commit=off',
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
      application_name: 'jobyard events',
    });
    const lost = () => {
      if (this.#client === client) this.hangUp();
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload }) => {
      if (this.#client === client && payload !== undefined) this.#ends.hear(payload);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${this.#name}`);
    } catch {
      void client.end().catch(() => {});
      this.#later();
      return;
    }
    if (this.#closed) return await client.end().catch(() => {});
    this.#client = client;
    this.#ends.connected();
  }

  #later(): void {
    if (this.#closed || this.#again) return;
    this.#again = setTimeout(() => (this.#connecting = this.#connect()), AGAIN_MS);
    this.#again.unref();
  }
}
