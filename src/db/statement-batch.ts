import type pg from 'pg';
import { type RowMaker, rowMaker } from './row-maker.ts';

/** The text of a statement, and what has been learned of it on any connection. */
export interface Statement {
  text: string;
  /** Under which a connection keeps it prepared. */
  name: string;
  /** The columns that its rows were described with last, and what makes objects of such rows. */
  described?: { columns: string; toRow: RowMaker };
}

export interface Answer {
  rows: object[];
  /** How many rows it is about. */
  count: number;
}

/** A statement to be run with these values. */
export interface Asked {
  statement: Statement;
  values: readonly (string | Buffer | null)[];
  /** Fields that each row has besides, null: the same at every run, for `described` is kept without them. */
  room: readonly string[];
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** How texts of the database's types are read. */
export type TypeParsers = Pick<pg.ClientBase, 'getTypeParser'>;

interface Field {
  name: string;
  dataTypeID: number;
}

/** Those of text, which is what the protocol brings. */
const TEXTS = new Set([19, 25, 1042, 1043]);

/** Statements that a connection keeps prepared, before the oldest of them give way. */
const PREPARED = 1000;

/**
 * The statements that each connection has prepared, by name, and what makes objects of their rows. A connection answers
 * with the columns that it has prepared a statement with, or fails; another's may be different ones, when a migration
 * came between.
 */
const preparedOn = new WeakMap<pg.Connection, Prepared>();
type Prepared = Map<string, RowMaker>;
const NOTHING: Prepared = new Map();

/** cached plan must not change result type; prepared statement does not exist. */
const STALE = new Set(['0A000', '26000']);

/** Whether a statement failed for what its connection had prepared, which is forgotten now: it may be asked again. */
export const isStale = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && STALE.has(error.code as string);

/**
 * Statements that go to the database in one packet and are answered in one: on a list page, what is spent on sending
 * and waiting is more than what the database needs. A connection describes the rows of each once, not each time. It is
 * to pg what its own Query is, which handles one statement.
 */
export class StatementBatch implements pg.Submittable {
  readonly #asked: readonly Asked[];
  readonly #types: TypeParsers;
  readonly #answers: Answer[] = [];
  /** By the connection that it is submitted to. */
  #prepared: Prepared = NOTHING;
  /** Of the one that is being answered. */
  #toRow: RowMaker | undefined;
  #rows: object[] = [];
  /** Told when it is over; pg puts its own in front of it, which counts the time: all have that of one. */
  callback: (error?: Error) => void;

  /** `over` is told those that were not run since one before them failed, and the error. */
  constructor(
    asked: readonly Asked[],
    types: TypeParsers,
    over: (left: readonly Asked[], error?: Error) => void,
  ) {
    this.#asked = asked;
    this.#types = types;
    this.callback = (error) => over(this.#settle(error), error);
  }

  submit(connection: pg.Connection): void {
    const prepared = (this.#prepared = preparedBy(connection));
    const { stream } = connection;
    stream.cork();
    for (const name of prepared.keys()) {
      if (prepared.size < PREPARED) break;
      prepared.delete(name);
      connection.close({ type: 'S', name }, true);
    }
    for (const { statement, values } of this.#asked) {
      const { text, name } = statement;
      const isPrepared = prepared.has(name);
      if (!isPrepared) {
        // What has failed may be there all the same, and what comes twice is.
        connection.close({ type: 'S', name }, true);
        connection.parse({ text, name, types: [] }, true);
      }
      connection.bind({ statement: name, values: [...values] }, true);
      if (!isPrepared) connection.describe({ type: 'P' }, true);
      connection.execute(null, true);
    }
    connection.sync();
    stream.uncork();
  }

  handleRowDescription({ fields }: { fields: readonly Field[] }): void {
    const asked = this.#answering;
    if (asked) this.#toRow = describe(asked, fields, this.#types);
  }

  handleDataRow({ fields }: { fields: readonly unknown[] }): void {
    this.#toRow ??= this.#prepared.get(this.#answering?.statement.name ?? '') ?? NO_ROWS;
    this.#rows.push(this.#toRow(fields));
  }

  /** `text`: its command and how many rows it was about. */
  handleCommandComplete({ text }: { text: string }): void {
    const { name } = this.#answering?.statement ?? {};
    if (name !== undefined && !this.#prepared.has(name)) this.#prepared.set(name, this.#toRow ?? NO_ROWS);
    this.#answers.push({ rows: this.#rows, count: Number(text.slice(text.lastIndexOf(' ') + 1)) || 0 });
    this.#rows = [];
    this.#toRow = undefined;
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' });
  }

  handleReadyForQuery(): void {
    this.callback(this.#answering && new Error('the database has not answered a statement'));
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  get #answering(): Asked | undefined {
    return this.#asked[this.#answers.length];
  }

  /** Answers those that have been run, and the one that failed; gives back the others, which were not even read. */
  #settle(error?: Error): readonly Asked[] {
    this.#answers.forEach((answer, index) => this.#asked[index]?.resolve(answer));
    const left = this.#asked.slice(this.#answers.length);
    const failed = left[0];
    if (!failed) return left;
    if (isStale(error) && this.#prepared.has(failed.statement.name)) {
      this.#prepared.clear();
      return left;
    }
    failed.reject(error);
    return left.slice(1);
  }
}

function preparedBy(connection: pg.Connection): Prepared {
  const known = preparedOn.get(connection);
  if (known) return known;
  const prepared: Prepared = new Map();
  preparedOn.set(connection, prepared);
  return prepared;
}

function describe({ statement, room }: Asked, fields: readonly Field[], types: TypeParsers): RowMaker {
  const columns = JSON.stringify(fields.map(({ name, dataTypeID }) => [name, dataTypeID]));
  if (statement.described?.columns !== columns) {
    const read = fields.map(({ dataTypeID }) =>
      TEXTS.has(dataTypeID)
        ? undefined
        : (types.getTypeParser(dataTypeID, 'text') as (value: string) => unknown),
    );
    const names = fields.map(({ name }) => name);
    statement.described = { columns, toRow: rowMaker(names, room, read) };
  }
  return statement.described.toRow;
}

const NO_ROWS: RowMaker = () => ({});
