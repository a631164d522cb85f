/**
 * Over HTTP/1.1 a browser has six connections to a server for all its tabs and windows. So many of them may be streams: what
 * pages ask for needs some as well.
 */
const MOST_STREAMS = 4;
const CHANNEL = 'jobyard-streams';

/** What pages tell each other: when one was looked at last. `at` null: it wants no stream any more. */
interface Said {
  id: string;
  at: number | null;
  /** All others are to say the same of themselves. */
  asks?: true;
}

/**
 * The part of a page in the streams that the pages of one browser may have: those that were looked at last have one.
 * They agree on it by themselves, each by what it has heard of the others: all put them in the same order.
 */
export class StreamShare {
  readonly #changed: (may: boolean) => void;
  readonly #id = crypto.getRandomValues(new Uint32Array(2)).join('-');
  #channel: BroadcastChannel | null = null;
  #at = 0;
  #others = new Map<string, number>();
  /** Who has been heard of since it was asked last. */
  #heard = new Set<string>();
  #may = true;

  /** `changed` is told when the page gets its part, or has to give it to another. */
  constructor(changed: (may: boolean) => void) {
    this.#changed = changed;
  }

  get may(): boolean {
    return this.#may;
  }

  /** The page wants a stream. */
  join(): void {
    if (this.#channel !== null || !hasFewConnections()) return;
    this.#channel = new BroadcastChannel(CHANNEL);
    this.#channel.addEventListener('message', ({ data }: MessageEvent<Said>) => this.#hear(data));
    this.#at = Date.now();
    this.#say({ asks: true });
  }

  /** It wants none for now. */
  leave(): void {
    if (this.#channel === null) return;
    this.#say({ at: null });
    this.#channel.close();
    this.#channel = null;
    this.#others.clear();
    this.#heard.clear();
    this.#may = true;
  }

  /** It is looked at. */
  lookedAt(): void {
    if (this.#channel === null) return;
    this.#at = Date.now();
    this.#say({});
    this.#decide();
  }

  /** Forgets who has gone without a word. */
  recount(): void {
    if (this.#channel === null) return;
    for (const id of this.#others.keys()) if (!this.#heard.has(id)) this.#others.delete(id);
    this.#heard.clear();
    this.#say({ asks: true });
    this.#decide();
  }

  #say(what: Partial<Said>): void {
    this.#channel?.postMessage({ id: this.#id, at: this.#at, ...what } satisfies Said);
  }

  #hear({ id, at, asks }: Said): void {
    if (at === null) this.#others.delete(id);
    else {
      this.#others.set(id, at);
      this.#heard.add(id);
    }
    if (asks) this.#say({});
    this.#decide();
  }

  #decide(): void {
    let before = 0;
    for (const [id, at] of this.#others) if (at > this.#at || (at === this.#at && id > this.#id)) before += 1;
    const may = before < MOST_STREAMS;
    if (may === this.#may) return;
    this.#may = may;
    this.#changed(may);
  }
}

/** Of HTTP/2 and later all that a browser asks for shares one connection. */
function hasFewConnections(): boolean {
  const [page] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return !/^h[23]/.test(page?.nextHopProtocol ?? '');
}
