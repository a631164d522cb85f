/** The items in their order, at most `size` at a time: a statement takes only so many, and one of many holds up others. */
export function* portions<T>(items: readonly T[], size: number): Generator<T[], void, undefined> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
