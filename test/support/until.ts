/** Asks again until it answers something other than undefined; fails with what it last saw after `seconds`. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  seconds = 60,
  last: () => string = () => '',
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s. ${last()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
