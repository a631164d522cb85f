import type { Generated } from 'kysely';
import type { Time, Json } from './column.ts';

/** Durable work: what is due later or must survive a crash. */
export interface Work {
  id: Generated<number>;
  kind: string;
  /** Unique with `kind`: adding the same again is one work. */
  key: string;
  payload: Json;
  due_at: Time;
  /** While someone is at it; may be taken over when past. */
  lease_until: Time | null;
  /** The revision that its last lease made: it tells that lease from all others, whenever it was renewed. */
  lease: Generated<number | null>;
  /** Counts additions and leases: whoever finishes knows by it whether the work is still what he took. */
  revision: Generated<number>;
  /** Leases since it was added last. */
  attempts: Generated<number>;
  last_error: string | null;
}
