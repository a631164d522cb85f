import {
  type Compilable,
  type CompiledQuery,
  type DialectAdapter,
  type Kysely,
  PostgresAdapter,
  type RawBuilder,
  sql,
} from 'kysely';
import { portions } from './portions.ts';
import type { Tables } from './schema.ts';
import { setBounded } from './set-bounded.ts';

/** Stands in a statement for a value that each run fills in. */
class Slot {
  readonly name: string;
  /** Of the list that is the value; null: the value itself is meant. */
  readonly index: number | null;
  constructor(name: string, index: number | null) {
    this.name = name;
    this.index = index;
  }
}

/** The place of the value `name` in a statement that is compiled once. */
export const slot = <T>(name: string): RawBuilder<T> => sql<T>`${new Slot(name, null)}`;

/** The place of one value of the list `name`. */
export const listSlot = <T>(name: string, index: number): RawBuilder<T> => sql<T>`${new Slot(name, index)}`;

/**
 * What a dialect's adapter has besides Kysely's: a way to the database past Kysely's own, whose every stage is
 * another turn of promises. The rows come at once where the database is in this process. A text has the same `room` whoever
 * asks: what makes objects of its rows is kept by the text alone.
 */
export interface Direct {
  rowsOf(sql: string, parameters: readonly unknown[], room: readonly string[]): object[] | Promise<object[]>;
}

/** A statement with the places of what each run fills in. */
interface Compiled {
  sql: string;
  parameters: readonly unknown[];
}

/** So many are kept: more than there are in use, and filters can be put together in far more ways. */
const KEPT = 2000;
const compiled = { sqlite: new Map<string, Compiled>(), postgres: new Map<string, Compiled>() };

/** Raw SQL as runCompiled takes it. */
export const asStatement = <Row>(db: Kysely<Tables>, text: RawBuilder<unknown>): Compilable<Row> => ({
  compile: () => text.compile(db) as CompiledQuery<Row>,
});

const NO_ROOM: readonly string[] = [];

/**
 * Runs the statement of this shape, built at its first use and kept: building costs more than half of what
 * a list page costs. `shape` names everything that makes the statement's text differ. `room`: fields that each row
 * has besides, null, for what is read later: an object that grows costs several times as much. They are those that the same text
 * had before, which are kept with it; a statement that wants others has another text.
 */
export async function runCompiled<Row>(
  db: Kysely<Tables>,
  shape: string,
  build: () => Compilable<Row>,
  values: Record<string, unknown>,
  room = NO_ROOM,
): Promise<Row[]> {
  const known = isPostgres(db) ? compiled.postgres : compiled.sqlite;
  let statement = known.get(shape);
  if (!statement) setBounded(known, KEPT, shape, (statement = build().compile()));
  const parameters = statement.parameters.map((each) => (each instanceof Slot ? filled(each, values) : each));
  const undefinedAt = parameters.indexOf(undefined);
  if (undefinedAt >= 0) throw new Error(`no value for parameter ${undefinedAt + 1} of ${shape}`);
  return (await adapterOf(db).rowsOf(statement.sql, parameters, room)) as Row[];
}

function filled({ name, index }: Slot, values: Record<string, unknown>): unknown {
  const value = values[name];
  return index === null ? value : (value as unknown[])[index];
}

/** Lists are this long, or a power of two: pages mostly have 20, 50 or 100 rows. */
const LENGTHS = [1, 2, 4, 8, 16, 20, 32, 50, 64, 100];

/** The ids, followed by repetitions up to the next of few lengths: so that a statement with a list has few texts. */
export function padded(ids: readonly number[]): number[] {
  const length = LENGTHS.find((each) => each >= ids.length) ?? 2 ** Math.ceil(Math.log2(ids.length));
  const whole = [...ids];
  const last = ids.at(-1) ?? 0;
  while (whole.length < length) whole.push(last);
  return whole;
}

/** Ids of one statement: it takes only so many. */
const PORTION = 1024;

/** All that `run` answers for so many of the ids at a time, padded. */
export async function inPortions<Row>(
  ids: readonly number[],
  run: (some: number[]) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const some of portions(ids, PORTION)) rows.push(...(await run(padded(some))));
  return rows;
}

/** Ids in a statement that is compiled once for each `shape`. */
export interface SlotList {
  /** For the building of the statement, which is once; making it costs more than running it. */
  isOneOf(column: string): RawBuilder<boolean>;
  values: Record<string, unknown>;
  shape: string;
}

/** The ids as one value where the database has lists, for it is sent and read faster; else as so many. */
export function slotList(db: Kysely<Tables>, ids: readonly number[]): SlotList {
  if (isPostgres(db))
    return {
      isOneOf: (column) => sql<boolean>`${sql.ref(column)} = ANY(CAST(${slot('ids')} AS BIGINT[]))`,
      values: { ids: `{${ids.join()}}` },
      shape: 'some',
    };
  const whole = padded(ids);
  return {
    isOneOf: (column) =>
      sql<boolean>`${sql.ref(column)} IN (${sql.join(whole.map((_, index) => listSlot<number>('ids', index)))})`,
    values: { ids: whole },
    shape: String(whole.length),
  };
}

const adapterOf = (db: Kysely<Tables>) => db.getExecutor().adapter as DialectAdapter & Direct;
const isPostgres = (db: Kysely<Tables>) => adapterOf(db) instanceof PostgresAdapter;
