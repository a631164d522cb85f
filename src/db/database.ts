import type { Kysely } from 'kysely';
import type { Tables } from './schema.ts';
import type { Line, LineEnds } from './line.ts';
import { type Audience, collectTold } from './tell.ts';

/**
 * An open database. `read` sees committed state only; whatever is changed goes through `write`.
 * There are two: sqlite.ts (one write lane) and postgres.ts (a pool).
 */
export interface Database {
  readonly kind: 'sqlite' | 'postgres';
  readonly read: Kysely<Tables>;
  /**
   * Runs `work` in a transaction and answers after its commit has reached the disk. Inside, nothing
   * but this transaction's own statements may be awaited. When `work` throws, nothing it did remains.
   * It may run more than once (a deadlock is tried again), so it must do nothing else than SQL.
   */
  write<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Resolved when all that `read` sees by now is on the disk; null: it is. Nothing may be told before of what a power
   * loss could take back.
   */
  unsettled(): Promise<void> | null;
  /** Who is told by the transactions of this process, see `tell`. */
  readonly audience: Audience;
  /** Opens a line to the other servers on this database; null where there can be none. */
  readonly openLine: ((name: string, ends: LineEnds) => Line) | null;
  close(): Promise<void>;
}

/** The handle of a running transaction: Kysely's builder, and the mark that tells it from `read`. */
export type Transaction = Kysely<Tables> & { readonly [transaction]: true };
declare const transaction: unique symbol;

const hooks = new WeakMap<object, (() => void)[]>();

/**
 * Runs `hook` once this transaction is committed; never when it is rolled back. It is for waking others, in this process:
 * the commit may not be on the disk yet.
 */
export function afterCommit(tx: Transaction, hook: () => void): void {
  const list = hooks.get(tx);
  if (!list) throw new Error('afterCommit outside of a transaction');
  list.push(hook);
}

/** For the two databases: opens the list of a transaction's hooks, which they run after the commit. */
export function collectHooks(tx: Transaction, audience: Audience): (() => void)[] {
  const told = collectTold(tx);
  const list = [
    () => {
      if (told.length > 0) audience.hear(told);
    },
  ];
  hooks.set(tx, list);
  return list;
}

/**
 * For the two databases: runs a transaction's hooks when it is committed. What one throws is a defect, of which
 * a warning tells; the transaction is kept all the same, and so its answer and the other hooks follow.
 */
export function runHooks(list: readonly (() => void)[]): void {
  for (const hook of list)
    try {
      hook();
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
}

/** For the two databases: why a statement of a transaction that is over is not run. */
export const lateStatement = () => new Error('a statement came after the end of its transaction');

/** Marks a builder as a transaction's. */
export const asTransaction = (builder: Kysely<Tables>) => builder as Transaction;
