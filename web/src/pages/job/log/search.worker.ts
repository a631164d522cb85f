import { piecesOf } from '../../../api/answer-of.ts';
import { LogSearch, type Query } from './search-core.ts';

/** What the page asks: a new search up to byte `size`, or the same one further. */
export type Asked =
  | { type: 'search'; id: number; trace: string; query: Query; size: number; live: boolean }
  | { type: 'grown'; size: number; live: boolean };

/** What has been found since the last answer. */
export interface Answer {
  id: number;
  lines: Uint32Array;
  starts: Uint32Array;
  ends: Uint32Array;
  /** Bytes looked through. */
  at: number;
  /** All of what there was is looked through. */
  done: boolean;
  /** More than is told. */
  full: boolean;
  problem: string | null;
}

/** Bytes between two answers. */
const PIECE = 1024 * 1024;
/** Bytes that are kept for the next search. */
const MOST_KEPT = 64 * 1024 * 1024;

interface Running {
  id: number;
  trace: string;
  search: LogSearch;
  at: number;
  size: number;
  /** Whether a last line may go on. */
  live: boolean;
  runs: boolean;
}

let current: Running | null = null;
let kept: { trace: string; pieces: Uint8Array[]; size: number } = { trace: '', pieces: [], size: 0 };

self.addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  if (data.type === 'search') {
    const { id, trace, query, size, live } = data;
    if (kept.trace !== trace) kept = { trace, pieces: [], size: 0 };
    current = { id, trace, search: new LogSearch(query), at: 0, size, live, runs: false };
  } else if (current) Object.assign(current, { size: data.size, live: data.live });
  void run();
});

async function run(): Promise<void> {
  const mine = current;
  if (!mine || mine.runs) return;
  mine.runs = true;
  const goesOn = () => current === mine && mine.at < mine.size && !mine.search.isFull;
  try {
    while (goesOn())
      for await (const piece of piecesFrom(mine.trace, mine.at, mine.size)) {
        if (current !== mine) return;
        const found = mine.search.add(piece);
        mine.at += piece.length;
        tell(mine, found, false);
        if (mine.search.isFull) break;
      }
    if (current === mine) tell(mine, mine.live ? NOTHING : mine.search.end(), true);
  } catch (error) {
    if (current === mine)
      tell(mine, NOTHING, true, error instanceof Error ? error.message : 'The log cannot be read.');
  } finally {
    mine.runs = false;
  }
}

const NOTHING = { lines: [], starts: [], ends: [] };

/** The log's bytes, from what is kept as far as it goes, then by Range. */
async function* piecesFrom(
  trace: string,
  from: number,
  size: number,
): AsyncGenerator<Uint8Array, void, void> {
  let at = 0;
  for (const piece of kept.pieces) {
    const end = at + piece.length;
    if (end > from) yield piece.subarray(Math.max(0, from - at));
    at = end;
    // Messages are heard in between.
    await new Promise((resolve) => setTimeout(resolve));
  }
  const start = Math.max(from, kept.size);
  if (start >= size) return;
  let parts: Uint8Array[] = [];
  let length = 0;
  at = start;
  const piece = () => {
    const whole = joined(parts, length);
    // What is kept has no gap.
    if (at === kept.size && at + length <= MOST_KEPT) {
      kept.pieces.push(whole);
      kept.size += length;
    }
    at += length;
    parts = [];
    length = 0;
    return whole;
  };
  for await (const part of piecesOf(trace, { range: [start, size - 1] })) {
    parts.push(part);
    length += part.length;
    if (length < PIECE) continue;
    yield piece();
  }
  if (length > 0) yield piece();
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const piece = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    piece.set(part, at);
    at += part.length;
  }
  return piece;
}

function tell(
  { id, at, search }: { id: number; at: number; search: LogSearch },
  { lines, starts, ends }: { lines: number[]; starts: number[]; ends: number[] },
  done: boolean,
  problem: string | null = null,
): void {
  const answer: Answer = {
    id,
    lines: Uint32Array.from(lines),
    starts: Uint32Array.from(starts),
    ends: Uint32Array.from(ends),
    at,
    done,
    full: search.isFull,
    problem,
  };
  self.postMessage(answer, { transfer: [answer.lines.buffer, answer.starts.buffer, answer.ends.buffer] });
}
