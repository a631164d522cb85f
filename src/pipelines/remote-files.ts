import { createHash } from 'node:crypto';
import type { RemoteAnswer, RemoteRequest } from '../ci/sources.ts';
import { OutboundError } from '../outbound/outbound-error.ts';
import { outboundGet, type Resolve } from '../outbound/outbound-get.ts';

export interface RemoteOptions {
  /** Networks from which files may come though they are not public. */
  allowed: readonly string[];
  /** Milliseconds that one file may take. */
  deadline: number;
  clock: () => number;
  resolve?: Resolve;
}

/** Bytes of one file: a configuration may not be larger. */
const MAX_FILE = 2 * 1024 * 1024;
/** Characters of all files of one configuration: the compiler's thread is given them at once. */
export const MAX_TOGETHER = 32 * 1024 * 1024;
/** Bytes of all files that are kept for others who want them. */
const MAX_KEPT = 32 * 1024 * 1024;
/** Files of one configuration that are fetched at once. */
const AT_ONCE = 8;

/** How much more a configuration may fetch. */
export interface Room {
  bytes: number;
}

type Fetched = Extract<RemoteAnswer, { text: string }>;

/** The files that configurations include from addresses; those that say `cache` are kept in memory. */
export class RemoteFiles {
  readonly #options: RemoteOptions;
  readonly #kept = new Map<string, { file: Fetched; bytes: number; at: number }>();
  #bytes = 0;

  constructor(options: RemoteOptions) {
    this.#options = options;
  }

  /** An answer for each, in their order; an address that is asked for twice is fetched once. Takes of `room`. */
  async fetch(
    requests: readonly RemoteRequest[],
    room: Room = { bytes: MAX_TOGETHER },
  ): Promise<RemoteAnswer[]> {
    const caches = Map.groupBy(requests, ({ url }) => url);
    const answers = new Map<string, RemoteAnswer>();
    const queue = [...caches].values();
    const work = async () => {
      for (const [url, same] of queue) {
        if (room.bytes <= 0) return;
        const answer = await this.#fetchOne({ url, cache: Math.min(...same.map(({ cache }) => cache)) });
        if ('text' in answer) room.bytes -= answer.text.length;
        answers.set(url, answer);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return requests.map(({ url }) => answers.get(url) ?? NO_ROOM);
  }

  async #fetchOne({ url, cache }: RemoteRequest): Promise<RemoteAnswer> {
    const now = this.#options.clock();
    const kept = this.#kept.get(url);
    if (kept && now >= kept.at && now - kept.at < cache * 1000) return kept.file;
    try {
      const { allowed, deadline, resolve } = this.#options;
      const content = await outboundGet(url, {
        allowed,
        deadline,
        limit: MAX_FILE,
        ...(resolve && { resolve }),
      });
      const sha256 = createHash('sha256').update(content).digest('base64');
      const file = { text: content.toString('utf8'), sha256 };
      if (cache > 0) this.#keep(url, file, content.length, now);
      return file;
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      return problemOf(error, url);
    }
  }

  /** The oldest make room. */
  #keep(url: string, file: Fetched, bytes: number, at: number): void {
    this.#forget(url);
    this.#kept.set(url, { file, bytes, at });
    this.#bytes += bytes;
    for (const old of this.#kept.keys()) {
      if (this.#bytes <= MAX_KEPT) break;
      this.#forget(old);
    }
  }

  #forget(url: string): void {
    this.#bytes -= this.#kept.get(url)?.bytes ?? 0;
    this.#kept.delete(url);
  }
}

const NO_ROOM: RemoteAnswer = { problem: 'all files together are too big', short: false };
const NOT_FETCHED: RemoteAnswer = { problem: 'of HTTP error', short: false };

function problemOf({ problem, message, status }: OutboundError, url: string): RemoteAnswer {
  switch (problem) {
    case 'blocked':
      return { problem: `URL is blocked: ${message}`, short: true };
    case 'refused':
      return {
        problem: `Failed to open TCP connection to ${URL.parse(url)?.host} (${message})`,
        short: true,
      };
    case 'status':
      return { problem: `of HTTP code \`${status}\` error`, short: false };
    case 'timeout':
      return { problem: 'of a timeout error', short: false };
    case 'socket':
      return { problem: 'of a socket error', short: false };
    case 'protocol':
      return NOT_FETCHED;
    case 'too_large':
      return { problem: message, short: false };
  }
}
