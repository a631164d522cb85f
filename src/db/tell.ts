import type { Transaction } from './database.ts';

type Listener = (told: readonly object[]) => void;

/** Who listens in this process to what the transactions of one database tell. */
export class Audience {
  readonly #listeners = new Set<Listener>();

  /** Calls `listener` after each commit with what its transaction has told; answers how to stop that. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  hear(told: readonly object[]): void {
    for (const listener of this.#listeners) listener(told);
  }
}

const toldBy = new WeakMap<Transaction, object[]>();

/**
 * Tells `what` to whoever listens to the database in this process once the transaction is committed, together with
 * all else that it has told; nobody, when it is rolled back.
 */
export function tell(tx: Transaction, what: object): void {
  const told = toldBy.get(tx);
  if (!told) throw new Error('tell outside of a transaction');
  told.push(what);
}

/** For the two databases: opens the list of what a transaction tells. */
export function collectTold(tx: Transaction): readonly object[] {
  const told: object[] = [];
  toldBy.set(tx, told);
  return told;
}
