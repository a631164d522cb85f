import { monitorEventLoopDelay } from 'node:perf_hooks';
import { memoryUsage } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';

/** Watches how long a process does nothing else, and how much memory it takes. */
export interface Pauses {
  /** Forgets what was seen until now. */
  reset(): Promise<void>;
  /** The longest since then, in milliseconds; null where nobody has watched. */
  longest(): Promise<number | null>;
  /** The most resident memory since then, in bytes. */
  resident(): Promise<number>;
}

const MEMORY_EVERY_MS = 25;

/** Those of this process, to a millisecond. */
export function pausesHere(): Pauses {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let resident = 0;
  const look = () => (resident = Math.max(resident, memoryUsage.rss()));
  setInterval(look, MEMORY_EVERY_MS).unref();
  return {
    async reset() {
      // A pause that ends just now is seen by the next tick of the watch.
      await wait(5);
      delay.reset();
      resident = 0;
    },
    async longest() {
      await wait(5);
      return delay.max / 1e6;
    },
    resident: async () => look(),
  };
}
