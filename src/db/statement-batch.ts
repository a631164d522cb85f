import type pg from 'pg';
import { type RowMaker, rowMaker } from './row-maker.ts';

/** The text of a statement, and what has been learned of it on any connection. */
export interface Statement {
  text: string;
  /** Under which a connection keeps it prepared; empty: it does not. */
  name: string;
  /** Undefined before the database has described its rows. */
  toRow?: RowMaker;
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
  /** Fields that each row has besides, null. */
  room: readonly string[];
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** How texts of the database's types are read. */
export type TypeParsers = Pick<pg.ClientBase, 'getTypeParser'>;

/** What of pg's connection is no part of its types. */
type Connection = pg.Connection & {
  parsedStatements: Record<string, string>;
  submittedNamedStatements: Record<string, string>;
};

interface Field {
  name: string;
  dataTypeID: number;
}

/** Those of text, which is what the protocol brings. */
const TEXTS = new Set([19, 25, 1042, 1043]);

/**
 * Statements that go to the database in one packet and are answered in one: on a list page, what is spent on sending
 * and waiting is more than what the database needs. Its rows are described once for each text, not each time. It is
 * to pg what its own Query is, which handles one statement.
 */
export class StatementBatch implements pg.Submittable {
  readonly #asked: readonly Asked[];
  readonly #types: TypeParsers;
  readonly #answers: Answer[] = [];
  #connection: Connection | null = null;
  #rows: object[] = [];
  /** Which one of them is being answered. */
  #at = 0;
  /** Told when it is over; pg puts its own in front of it, which counts the time. */
  callback: (error?: Error) => void;
  /** Milliseconds; as pg's Query has it, and as it says: undefined is that of the connection. */
  query_timeout: number | undefined;

  /** `over` is told those that were not run since one before them failed, and the error. */
  constructor(
    asked: readonly Asked[],
    types: TypeParsers,
    query_timeout: number | undefined,
    over: (left: readonly Asked[], error?: Error) => void,
  ) {
    this.#asked = asked;
    this.#types = types;
    this.query_timeout = query_timeout;
    this.callback = (error) => over(this.#settle(error), error);
  }

  /** pg keeps in mind under this name that the connection knows the statement. */
  get name(): string | undefined {
    return this.#asked[this.#at]?.statement.name || undefined;
  }

  get text(): string | undefined {
    return this.#asked[this.#at]?.statement.text;
  }

  submit(connection: pg.Connection): void {
    const { parsedStatements, submittedNamedStatements } = (this.#connection = connection as Connection);
    const { stream } = connection;
    stream.cork();
    for (const { statement, values } of this.#asked) {
      const { text, name, toRow } = statement;
      if (name === '' || !(parsedStatements[name] ?? submittedNamedStatements[name])) {
        connection.parse({ text, name, types: [] }, true);
        if (name !== '') submittedNamedStatements[name] = text;
      }
      connection.bind({ statement: name, values: [...values] }, true);
      if (!toRow) connection.describe({ type: 'P' }, true);
      connection.execute(null, true);
    }
    connection.sync();
    stream.uncork();
  }

  handleRowDescription({ fields }: { fields: readonly Field[] }): void {
    const asked = this.#asked[this.#at];
    if (!asked) return;
    const names = fields.map(({ name }) => name);
    const read = fields.map(({ dataTypeID }) =>
      TEXTS.has(dataTypeID) ? undefined : this.#types.getTypeParser(dataTypeID, 'text'),
    );
    asked.statement.toRow = rowMaker(names, asked.room, read as ((value: string) => unknown)[]);
  }

  handleDataRow({ fields }: { fields: readonly unknown[] }): void {
    const toRow = this.#asked[this.#at]?.statement.toRow;
    if (toRow) this.#rows.push(toRow(fields));
  }

  /** `text`: its command and how many rows it was about. */
  handleCommandComplete({ text }: { text: string }): void {
    this.#answers.push({ rows: this.#rows, count: Number(text.slice(text.lastIndexOf(' ') + 1)) || 0 });
    this.#rows = [];
    const asked = this.#asked[this.#at++];
    // It has no rows, and need not be described again.
    if (asked) asked.statement.toRow ??= NO_ROWS;
  }

  handleReadyForQuery(): void {
    this.callback();
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  /** Answers for those that have been run, and gives back the others. */
  #settle(error?: Error): readonly Asked[] {
    this.#answers.forEach((answer, index) => this.#asked[index]?.resolve(answer));
    const left = this.#asked.slice(this.#at);
    // What has been sent behind one that failed was not even read.
    for (const { statement } of left)
      if (this.#connection) delete this.#connection.submittedNamedStatements[statement.name];
    left[0]?.reject(error ?? new Error('the database has not answered a statement'));
    return left.slice(1);
  }
}

const NO_ROWS: RowMaker = () => ({});
