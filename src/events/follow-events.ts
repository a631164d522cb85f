import { unavailableBecause } from '../db/unavailable.ts';
import type { Event } from './event.ts';
import type { Events } from './events.ts';
import { idOf, type Kept, type Lost, type Position } from './event-ring.ts';
import type { Waiting } from './follower.ts';

/** What whoever follows events learns. `id`: where to go on behind it. */
export type Told =
  /** It begins; `resumed`: with all that came since the id that was given. */
  | { type: 'ready'; id: string; resumed: boolean }
  | { type: 'event'; id: string; event: Event }
  /** Something may have been missed; `ends`: and nothing more is told. */
  | { type: 'reset'; id: string; reason: Lost | 'access'; ends: boolean }
  /** Nothing has happened for a while that is for them. */
  | { type: 'idle'; id: string };

/** What somebody may see. */
export interface View {
  /** Looks at their rights anew. `mayHaveChanged`: something is known to have; `lost`: they have none any more. */
  renew(mayHaveChanged: boolean): Promise<'same' | 'changed' | 'lost'>;
  sees(event: Event): Promise<boolean>;
}

interface Following {
  /** The id that was heard last; null: none, and it begins with what changes from now on. */
  since: string | null;
  view: View;
  /** Milliseconds of silence before an `idle`, and after which rights are looked at anew at the latest. */
  heartbeat: number;
  signal: AbortSignal;
}

/** Events told at once: so many wait in memory for a slow reader, and no more. */
const AT_ONCE = 100;
/** After which a database that could not be asked is asked again. */
const AGAIN_MS = 1000;

/**
 * Tells what has changed, as far as the view goes. Nothing is kept for whoever follows but where they are: who reads slowly
 * falls behind what is kept for all, and begins anew.
 */
export async function* followEvents(
  events: Pick<Events, 'ring' | 'isDeaf'>,
  waiting: Waiting,
  { since, view, heartbeat, signal }: Following,
): AsyncGenerator<Told[], void, void> {
  const { ring } = events;
  const found = since === null ? ring.end : whereToGoOn(events, waiting, since);
  let at: Position = typeof found === 'string' ? ring.end : found;
  yield [
    typeof found === 'string' ? reset(at, found) : { type: 'ready', id: idOf(at), resumed: since !== null },
  ];
  let toldAt = performance.now();
  let lookedAt = toldAt;
  let mayHaveChanged = found === 'access';
  while (!signal.aborted)
    try {
      mayHaveChanged = waiting.takeAccess() || mayHaveChanged;
      if (mayHaveChanged || performance.now() - lookedAt >= heartbeat) {
        const rights = await view.renew(mayHaveChanged);
        if (rights === 'lost') return yield [{ ...reset(ring.end, 'access'), ends: true }];
        if (rights === 'changed') yield [reset((at = ring.end), 'access')];
        lookedAt = performance.now();
        mayHaveChanged = false;
      }
      const next = ring.after(at, AT_ONCE);
      if (typeof next === 'string') {
        yield [reset((at = ring.end), next)];
        continue;
      }
      const told = await seen(view, at, next.events);
      at = next.end;
      if (told.length > 0) {
        yield told;
        toldAt = performance.now();
      }
      if (next.events.length > 0) continue;
      if ((await waiting.news(toldAt + heartbeat - performance.now(), signal)) || signal.aborted) continue;
      yield [events.isDeaf ? reset((at = ring.end), 'gap') : { type: 'idle', id: idOf(at) }];
      toldAt = performance.now();
    } catch (error) {
      // Nothing is told while nobody knows who may hear it.
      if (unavailableBecause(error) === null) throw error;
      mayHaveChanged = true;
      await waiting.news(AGAIN_MS, signal);
    }
}

/** The position that the id names, unless the rights of whoever comes again have changed behind it. */
function whereToGoOn(
  { ring }: Pick<Events, 'ring'>,
  waiting: Waiting,
  since: string,
): Position | Lost | 'access' {
  const found = ring.find(since);
  if (typeof found === 'string') return found;
  const missed = ring.after(found, Infinity);
  if (typeof missed === 'string') return missed;
  const concerns = (kept: Kept) => kept.type === 'access' && waiting.isConcernedBy(kept);
  return missed.events.some(concerns) ? 'access' : found;
}

async function seen(view: View, { life, seq }: Position, events: readonly Kept[]): Promise<Told[]> {
  const told: Told[] = [];
  for (const [index, event] of events.entries())
    if (event.type !== 'access' && (await view.sees(event)))
      told.push({ type: 'event', id: idOf({ life, seq: seq + index + 1 }), event });
  return told;
}

const reset = (at: Position, reason: Lost | 'access') =>
  ({ type: 'reset', id: idOf(at), reason, ends: false }) as const;
