import { setTimeout as wait } from 'node:timers/promises';

/**
 * Asks again until it answers something other than undefined; fails with what it last saw after `seconds`. They are real
 * ones, though the test has stopped time.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  seconds = 60,
  last: () => string = () => '',
): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} s. ${last()}`);
    await wait(100);
  }
}
