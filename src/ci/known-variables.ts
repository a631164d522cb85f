import {
  expand,
  expandAll,
  expandThrough,
  type Filled,
  isOpen,
  mayRefer,
  MOST_CHARACTERS,
  references,
  TOO_LARGE,
} from './expand.ts';
import { fillAll, orderOf, References } from './references.ts';
import { type Lookup, mergeVariables, type Variable } from './variable.ts';

/** Ways to be different that are remembered, and characters of one. */
const MOST_FINE = 1000;
const LONGEST_WAY = 1000;

/** What many jobs see: thousands of variables, which are not to be gone through for each job. */
export class SharedVariables implements Lookup {
  readonly #byKey: ReadonlyMap<string, Variable>;
  #references: References | undefined;
  /** In which ways variables of a job can differ from these without a problem. */
  readonly fine = new Set<string>();

  /** Of several with one key the last counts. */
  constructor(variables: readonly Variable[]) {
    this.#byKey = new Map(variables.map((each) => [each.key, each]));
  }

  readonly get = (key: string): Variable | undefined => this.#byKey.get(key);

  get references(): References {
    this.#references ??= new References(this.#byKey);
    return this.#references;
  }
}

/** What one job sees: what it shares with others, and over it what is its own. */
export class KnownVariables implements Lookup {
  readonly #shared: SharedVariables;
  readonly #own: ReadonlyMap<string, Variable>;
  readonly #list: () => readonly Variable[];
  #problem: string | null | undefined;

  /** `list`: all of it, lowest first, where somebody needs it so. */
  constructor(shared: SharedVariables, own: readonly Variable[], list: () => readonly Variable[]) {
    this.#shared = shared;
    this.#own = new Map(own.map((each) => [each.key, each]));
    this.#list = list;
  }

  /** What is shared with nobody. Of several with one key the last counts. */
  static of(variables: readonly Variable[]): KnownVariables {
    return new KnownVariables(new SharedVariables(variables), [], () => variables);
  }

  readonly get = (key: string): Variable | undefined => this.#own.get(key) ?? this.#shared.get(key);

  list(): readonly Variable[] {
    return this.#list();
  }

  /** The same with these over all of it. */
  under(variables: readonly Variable[]): KnownVariables {
    return new KnownVariables(this.#shared, [...this.#own.values(), ...variables], () =>
      mergeVariables(this.#list(), variables),
    );
  }

  /** What `expandAll` would say of all of them: a circle of references, or too many characters; null: neither. */
  get problem(): string | null {
    if (this.#problem === undefined) this.#problem = this.#find();
    return this.#problem;
  }

  /** `text` with references filled in through all levels; while there is a problem, through one. */
  fill(text: string, unknown: 'keep' | 'blank'): string {
    if (!mayRefer(text)) return text;
    if (this.problem !== null) return expand(text, this, { unknown });
    return expandThrough(text, this, { unknown });
  }

  #find(): string | null {
    const { references: shared, fine } = this.#shared;
    if (!shared.sound) return this.#inWords();
    const way = this.#way(shared);
    if (way === '' || fine.has(way)) return null;
    const problem = this.#findAnew(shared);
    if (problem === null && fine.size < MOST_FINE && way.length <= LONGEST_WAY) fine.add(way);
    return problem;
  }

  /** All of what is this job's own that can make a difference; jobs are mostly alike in it. */
  #way(shared: References): string {
    const own = [...this.#own.values()];
    const asked = new Set(own.filter(isOpen).flatMap(references));
    const differs = own.flatMap((each) => {
      if (isOpen(each)) return [each.key, each.value];
      return asked.has(each.key) || shared.isAsked(each.key) ? [each.key, each.value.length] : [];
    });
    return differs.length === 0 ? '' : JSON.stringify(differs);
  }

  /** Whatever is part of a circle, or has another length than for others, depends on what is this job's own. */
  #findAnew(shared: References): string | null {
    const graph = new Map<string, readonly string[]>();
    let { characters } = shared;
    const without = (key: string) => (characters -= shared.filled.get(key)?.characters ?? 0);
    for (const key of shared.dependents(this.#own.keys())) {
      without(key);
      graph.set(key, shared.open.get(key) ?? []);
    }
    for (const [key, each] of this.#own) {
      if (!graph.delete(key)) without(key);
      if (isOpen(each)) graph.set(key, references(each));
    }
    const order = orderOf(graph);
    if (order === null) return this.#inWords();
    const anew = new Map<string, Filled>();
    const ofOthers = (key: string) => (this.#own.has(key) ? undefined : shared.filled.get(key));
    characters += fillAll(order, this, anew, { get: (key) => anew.get(key) ?? ofOthers(key) });
    return characters > MOST_CHARACTERS ? TOO_LARGE : null;
  }

  #inWords(): string | null {
    return expandAll(this.#list(), { unknown: 'keep' }).problem;
  }
}
