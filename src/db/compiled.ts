import {
  type Compilable,
  type DialectAdapter,
  type Kysely,
  PostgresAdapter,
  type RawBuilder,
  sql,
} from 'kysely';
import type { Tables } from './schema.ts';

/** Stands in a statement for a value that each run fills in. */
class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** The place of the value `name` in a statement that is compiled once. */
export const slot = <T>(name: string): RawBuilder<T> => sql<T>`${new Slot(name)}`;

/**
 * What a dialect's adapter has besides Kysely's: a way to the database past Kysely's own, whose every stage is
 * another turn of promises. The rows come at once where the database is in this process.
 */
export interface Direct {
  rowsOf(sql: string, parameters: readonly unknown[]): object[] | Promise<object[]>;
}

/** A statement with the places of what each run fills in. */
interface Compiled {
  sql: string;
  parameters: readonly unknown[];
}

const compiled = { sqlite: new Map<string, Compiled>(), postgres: new Map<string, Compiled>() };

/**
 * Runs the statement of this shape, built at its first use only: building costs more than half of what
 * a list page costs. `shape` names everything that makes the statement's text differ.
 */
export async function runCompiled<Row>(
  db: Kysely<Tables>,
  shape: string,
  build: () => Compilable<Row>,
  values: Record<string, unknown>,
): Promise<Row[]> {
  const adapter = db.getExecutor().adapter as DialectAdapter & Direct;
  const known = adapter instanceof PostgresAdapter ? compiled.postgres : compiled.sqlite;
  let statement = known.get(shape);
  if (!statement) known.set(shape, (statement = build().compile()));
  const parameters: unknown[] = [];
  for (const each of statement.parameters) {
    if (each instanceof Slot && !(each.name in values))
      throw new Error(`no value for ${each.name} in ${shape}`);
    parameters.push(each instanceof Slot ? values[each.name] : each);
  }
  return (await adapter.rowsOf(statement.sql, parameters)) as Row[];
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

/** The ids as slots of a statement that is compiled once for each `length`, which its shape has to name. */
export function slotList(ids: readonly number[]): {
  /** For the building of the statement, which is once; making them costs more than running it. */
  slots: () => RawBuilder<number>;
  values: Record<string, number>;
  length: number;
} {
  const whole = padded(ids);
  const values: Record<string, number> = {};
  whole.forEach((id, index) => (values[nameOf(index)] = id));
  return {
    slots: () => sql<number>`(${sql.join(whole.map((_, index) => slot<number>(nameOf(index))))})`,
    values,
    length: whole.length,
  };
}

const names: string[] = [];
const nameOf = (index: number) => (names[index] ??= `id${index}`);
