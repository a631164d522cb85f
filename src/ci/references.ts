import { stronglyConnected } from './components.ts';
import { expandAll, type Filled, filledIn, isOpen, references } from './expand.ts';
import type { Lookup, Variable } from './variable.ts';

/** What refers to what among variables that many jobs see, and how much that comes to: found out once for all of them. */
export class References {
  /** Those whose values refer to others, and to which. */
  readonly open = new Map<string, readonly string[]>();
  /** A circle, or too many characters; null: neither. */
  readonly problem: string | null;
  /** Of those that are open; nothing where there is a problem. */
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
    this.problem = expandAll([...variables.values()], { unknown: 'keep' }).problem;
    if (this.problem !== null) return;
    this.characters = fillAll(this.open, variables, this.filled, this.filled);
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

/**
 * Notes for each of the variables in a graph without circles what becomes of it, and answers how many characters all references
 * come to. `known`: of those that they refer to.
 */
export function fillAll(
  graph: ReadonlyMap<string, readonly string[]>,
  variables: Lookup,
  noted: Map<string, Filled>,
  known: { get: (key: string) => Filled | undefined },
): number {
  let characters = 0;
  for (const key of stronglyConnected(graph).flat()) {
    const each = variables.get(key);
    if (each === undefined) continue;
    const filled = filledIn(each, variables, known);
    noted.set(key, filled);
    characters += filled.characters;
  }
  return characters;
}
