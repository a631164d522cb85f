import { randomUUID } from 'node:crypto';
import type { Database } from '../db/database.ts';
import { type Line, SAYABLE } from '../db/line.ts';
import type { Change } from './change.ts';

const CHANNEL = 'jobyard_events';

/** What a server says. */
interface Message {
  from: string;
  /** Its messages are numbered without a gap. */
  number: number;
  /** `hello`: it is connected, and wants to know who else is. `bye`: it ends, and nothing is missing. */
  word?: 'hello' | 'bye';
  changes?: Change[];
}

interface Options {
  /** What another server has changed. */
  hear: (changes: readonly Change[]) => void;
  /** Something that another server has changed may not have been heard. */
  gap: () => void;
  /** Milliseconds after which a server of which nothing is heard counts as dead. */
  silence: number;
}

/**
 * What the servers on one database tell each other. Messages are sent behind their commits, so one may be lost with the
 * server that has committed. That is noticed: by a number that is missing, by a server that is not heard of any more
 * though it did not take its leave, and by our own messages, which we hear as well.
 */
export class Exchange {
  readonly #me = randomUUID();
  readonly #options: Options;
  readonly #line: Line;
  readonly #peers = new Map<string, { number: number; heard_at: number }>();
  readonly #beat: NodeJS.Timeout;
  #number = 0;
  #heardOwn = 0;
  /** What we should have heard of ourselves by the next beat. */
  #expected = 0;
  #deaf = true;
  #opened: (() => void)[] = [];

  /** Null where no other server can have the database. */
  static open(db: Database, options: Options): Exchange | null {
    return db.openLine && new Exchange(db.openLine, options);
  }

  private constructor(openLine: NonNullable<Database['openLine']>, options: Options) {
    this.#options = options;
    this.#line = openLine(CHANNEL, {
      hear: (text) => this.#hear(JSON.parse(text) as Message),
      connected: () => this.#send([{ word: 'hello' }]),
      lost: () => (this.#deaf = true),
    });
    this.#beat = setInterval(() => this.#onBeat(), options.silence / 3);
    this.#beat.unref();
  }

  /** Whether the others are not heard at present. */
  get isDeaf(): boolean {
    return this.#deaf;
  }

  /** Resolved when the others are heard, or after so many milliseconds. */
  async opened(ms: number): Promise<void> {
    if (!this.#deaf) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#opened.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Tells the others; null: of more than can be told. */
  say(changes: readonly Change[] | null): void {
    if (changes) this.#send(packed(changes).map((some) => ({ changes: some })));
    // The number that is missing says it.
    else this.#number += 1;
  }

  async close(): Promise<void> {
    clearInterval(this.#beat);
    await this.#line.say([this.#text({ word: 'bye' })]).catch(() => {});
    await this.#line.close();
  }

  #text(message: Omit<Message, 'from' | 'number'>): string {
    return JSON.stringify({ from: this.#me, number: ++this.#number, ...message } satisfies Message);
  }

  #send(messages: readonly Omit<Message, 'from' | 'number'>[]): void {
    if (messages.length === 0) return;
    const texts = messages.map((message) => this.#text(message));
    this.#line.say(texts).catch(() => this.#line.hangUp());
  }

  #hear({ from, number, word, changes }: Message): void {
    if (from === this.#me) return this.#hearOwn(number, word);
    const peer = this.#peers.get(from);
    if (word === 'bye') this.#peers.delete(from);
    else this.#peers.set(from, { number, heard_at: performance.now() });
    if (peer && number !== peer.number + 1) this.#options.gap();
    if (word === 'hello') this.#send([{}]);
    if (changes) this.#options.hear(changes);
  }

  #hearOwn(number: number, word: Message['word']): void {
    this.#heardOwn = number;
    if (word !== 'hello') return;
    this.#deaf = false;
    // Whatever the others have said since we were connected last is as good as lost.
    this.#peers.clear();
    this.#options.gap();
    for (const opened of this.#opened.splice(0)) opened();
  }

  #onBeat(): void {
    // Connected or not, it does not carry what we say.
    if (this.#deaf || this.#heardOwn < this.#expected) return this.#line.hangUp();
    const oldest = performance.now() - this.#options.silence;
    for (const [name, { heard_at }] of this.#peers)
      if (heard_at < oldest) {
        this.#peers.delete(name);
        this.#options.gap();
      }
    this.#send([{}]);
    this.#expected = this.#number;
  }
}

/** Changes of one message; what stands around them needs some room, too. */
const ROOM = SAYABLE - 150;

/** The changes in lists that can each be said at once. */
function packed(changes: readonly Change[]): Change[][] {
  const lists: Change[][] = [];
  let left = 0;
  for (const change of changes) {
    let said = change;
    let size = sizeOf(said);
    // The name of a reference has hardly an end.
    if (size > ROOM && said.type === 'ref')
      size = sizeOf((said = { type: 'refs', project_id: said.project_id }));
    if (size > left || lists.length === 0) {
      lists.push([]);
      left = ROOM;
    }
    lists.at(-1)?.push(said);
    left -= size;
  }
  return lists;
}

const sizeOf = (change: Change) => Buffer.byteLength(JSON.stringify(change)) + 1;
