/** Bytes of a log that are fetched and kept together; as the server's index has them. */
export const BLOCK = 256 * 1024;

/**
 * The block in which line `line` (from 1) begins, or in which the line feed before it is the last byte:
 * the last one with fewer than `line - 1` line feeds before it. `before`: how many come before each block.
 */
export function blockOfLine(before: readonly number[], line: number): number {
  let low = 0;
  let high = before.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((before[middle] ?? 0) < line - 1) low = middle;
    else high = middle;
  }
  return low;
}

/** The blocks that have to be there so that lines `from` to `to` can be shown; of a huge line its beginning will do. */
export function blocksOfLines(
  before: readonly number[],
  from: number,
  to: number,
): { first: number; last: number } {
  const first = blockOfLine(before, from);
  const last = Math.min(blockOfLine(before, to + 1), blockOfLine(before, to) + 2, before.length - 1);
  return { first, last: Math.max(first, last) };
}

/** Where the line feeds are in some bytes. */
export function feedsIn(bytes: Uint8Array, from = 0): number[] {
  const feeds: number[] = [];
  for (let at = bytes.indexOf(10, from); at >= 0; at = bytes.indexOf(10, at + 1)) feeds.push(at);
  return feeds;
}
