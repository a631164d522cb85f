import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

/** Watches how long a process does nothing else. */
export interface Pauses {
  /** Forgets what was seen until now. */
  reset(): Promise<void>;
  /** The longest since then, in milliseconds. */
  longest(): Promise<number>;
}

/** Those of this process, to a millisecond. */
export function pausesHere(): Pauses {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  return {
    async reset() {
      // A pause that ends just now is seen by the next tick of the watch.
      await wait(5);
      delay.reset();
    },
    async longest() {
      await wait(5);
      return delay.max / 1e6;
    },
  };
}
