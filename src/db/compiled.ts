import {
  type Compilable,
  type CompiledQuery,
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

const compiled = { sqlite: new Map<string, CompiledQuery>(), postgres: new Map<string, CompiledQuery>() };

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
  const known = db.getExecutor().adapter instanceof PostgresAdapter ? compiled.postgres : compiled.sqlite;
  let statement = known.get(shape);
  if (!statement) {
    statement = build().compile();
    known.set(shape, statement);
  }
  const parameters = statement.parameters.map((each) => {
    if (!(each instanceof Slot)) return each;
    if (!(each.name in values)) throw new Error(`no value for ${each.name} in ${shape}`);
    return values[each.name];
  });
  const { rows } = await db.executeQuery<Row>({ ...statement, parameters } as CompiledQuery<Row>);
  return rows;
}

/**
 * The ids, followed by repetitions up to the next power of two: so that a statement with a list has ten
 * texts, not a thousand.
 */
export function padded(ids: readonly number[]): number[] {
  const length = 2 ** Math.ceil(Math.log2(Math.max(1, ids.length)));
  return Array.from({ length }, (_, index) => ids[Math.min(index, ids.length - 1)] ?? 0);
}

/** The ids as slots of a statement that is compiled once for each `length`, which its shape has to name. */
export function slotList(ids: readonly number[]): {
  slots: RawBuilder<number>;
  values: Record<string, number>;
  length: number;
} {
  const whole = padded(ids);
  const names = whole.map((_, index) => `id${index}`);
  return {
    slots: sql`(${sql.join(names.map((name) => slot<number>(name)))})`,
    values: Object.fromEntries(whole.map((id, index) => [`id${index}`, id])),
    length: whole.length,
  };
}
