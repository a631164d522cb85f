/**
 * What two sources tell, as it comes. `main` begins, comes first where both have something, and ends it all. Each is
 * asked for no more than one ahead of whoever listens.
 */
export async function* alongside<Main, Beside>(
  main: AsyncIterable<Main>,
  beside: AsyncIterable<Beside>,
): AsyncGenerator<Main | Beside, void, void> {
  const [leading, other] = [main[Symbol.asyncIterator](), beside[Symbol.asyncIterator]()];
  type Source = typeof leading | typeof other;
  const asked = new Map<Source, Promise<{ from: Source; told: IteratorResult<Main | Beside> }>>();
  const ask = (from: Source) => {
    const answer = from.next().then((told) => ({ from, told }));
    // It may fail while nobody waits for it; whoever asks next hears of it.
    answer.catch(() => {});
    asked.set(from, answer);
  };
  try {
    const first = await leading.next();
    if (first.done) return;
    yield first.value;
    ask(leading);
    ask(other);
    while (asked.has(leading)) {
      const { from, told } = await Promise.race(asked.values());
      if (told.done) asked.delete(from);
      else {
        yield told.value;
        ask(from);
      }
    }
  } finally {
    // Not waited for: each may be waiting for news itself, until it hears that nobody follows.
    for (const source of [leading, other]) source.return?.()?.catch(() => {});
  }
}
