import { stronglyConnected } from './components.ts';
import { type Filled, filledIn, isOpen, MOST_CHARACTERS, references } from './expand.ts';
import type { Lookup, Variable } from './variable.ts';

/** What refers to what among variables that many jobs see, and how much that comes to: found out once for all of them. */
export class References {
  /** Those whose values refer to others, and to which. */
  readonly open = new Map<string, readonly string[]>();
  /** Whether `expandAll` would fill them in: there is no circle, and they do not come to too many characters. */
  readonly sound: boolean;
  /** Of those that are open; nothing where there is a circle. */
  readonly filled = new Map<string, Filled>();
  /** Characters that all references come to. */
  readonly characters: number = 0;
  readonly #users = new Map<string, string[]>();

  constructor(variables: ReadonlyMap<string, Variable>) {
    for (const [key, each] of variables) {
      if (!isOpen(each)) continue;
      const names = references(each);
      this.open.set(key, names);
      for (const name of new Set(names)) {
        const users = this.#users.get(name);
        if (users) users.push(key);
        else this.#users.set(name, [key]);
      }
    }
    const order = orderOf(this.open);
    if (order) this.characters = fillAll(order, variables, this.filled, this.filled);
    this.sound = order !== null && this.characters <= MOST_CHARACTERS;
  }

  /** Whether it makes a difference here what the key stands for. */
  isAsked(key: string): boolean {
    return this.#users.has(key) || this.open.has(key);
  }

  /** Those that refer to one of these keys, or to what does. */
  dependents(keys: Iterable<string>): Set<string> {
    const found = new Set<string>();
    const next = [...keys];
    for (let key = next.pop(); key !== undefined; key = next.pop())
      for (const user of this.#users.get(key) ?? []) {
        if (found.has(user)) continue;
        found.add(user);
        next.push(user);
      }
    return found;
  }
}

/** Each key after those that it refers to; null: some make a circle. */
export function orderOf(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const groups = stronglyConnected(graph);
  return groups.some(({ length }) => length > 1) ? null : groups.flat();
}

/**
 * Notes for each of the variables what becomes of it, and answers how many characters all references come to. `order`:
 * each after those that it refers to. `known`: of those that they refer to.
 */
export function fillAll(
  order: readonly string[],
  variables: Lookup,
  noted: Map<string, Filled>,
  known: { get: (key: string) => Filled | undefined },
): number {
  let characters = 0;
  for (const key of order) {
    const each = variables.get(key);
    if (each === undefined) continue;
    const filled = filledIn(each, variables, known);
    noted.set(key, filled);
    characters += filled.characters;
  }
  return characters;
}
