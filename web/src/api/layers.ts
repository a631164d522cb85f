import type { Query, QueryClient } from '@tanstack/react-query';

type Change = (known: never) => unknown;

const layered = new WeakMap<Query, Layers>();

/**
 * What the server has said of a reply, and over it what is foreseen by each action that is under way: what is fetched or
 * patched meanwhile changes what lies below, and what one of them has foreseen can be taken away from between the others.
 */
export class Layers {
  readonly #query: Query;
  readonly #unsubscribe: () => void;
  #said: unknown;
  #shown: unknown;
  #over: readonly Change[] = [];

  /** Those of a reply; they are there for as long as something is foreseen. */
  static of(client: QueryClient, query: Query): Layers {
    const known = layered.get(query) ?? new Layers(client, query);
    layered.set(query, known);
    return known;
  }

  private constructor(client: QueryClient, query: Query) {
    this.#query = query;
    this.#said = this.#shown = query.state.data;
    this.#unsubscribe = client.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated' || event.query !== query) return;
      const isFetched = event.action.type === 'success' && event.action.manual !== true;
      const { data } = query.state;
      if (isFetched) this.#said = data;
      else if (data !== this.#shown) this.#said = patchedAlike(this.#said, this.#shown, data);
      else return;
      this.#show();
    });
  }

  add(change: Change): void {
    this.#over = [...this.#over, change];
    this.#show();
  }

  takeBack(change: Change): void {
    this.#over = this.#over.filter((each) => each !== change);
    this.#show();
  }

  /** It has come true, and is no longer foreseen: until more is said, that is what is known. */
  keep(change: Change): void {
    this.#said = applied(this.#said, change);
    this.takeBack(change);
  }

  #show(): void {
    this.#shown = this.#over.reduce(applied, this.#said);
    // Not as a reply would be: when it was fetched and whether it is stale is as it was.
    if (this.#query.state.data !== this.#shown) this.#query.setState({ data: this.#shown });
    if (this.#over.length > 0) return;
    this.#unsubscribe();
    layered.delete(this.#query);
  }
}

/** Of what is not known yet nothing is foreseen. */
const applied = (known: unknown, change: Change): unknown =>
  known === undefined ? undefined : change(known as never);

/** What has been said, with what somebody has changed in what was shown of it: an event that tells a status. */
function patchedAlike(said: unknown, shown: unknown, patched: unknown): unknown {
  if (patched === shown) return said;
  if (Array.isArray(said) && Array.isArray(shown) && Array.isArray(patched)) {
    if (said.length !== patched.length || shown.length !== patched.length) return patched;
    return patched.map((each, index) => patchedAlike(said[index], shown[index], each));
  }
  if (!isRecord(said) || !isRecord(shown) || !isRecord(patched)) return patched;
  return Object.fromEntries(
    Object.entries(patched).map(([name, each]) => [name, patchedAlike(said[name], shown[name], each)]),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
