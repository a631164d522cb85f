import { queryOptions } from '@tanstack/react-query';
import { jsonOf } from '../../../api/answer-of.ts';
import { keys } from '../../../api/keys.ts';
import { isStatus } from '../../../api/problem.ts';
import { BLOCK } from '../log/line-map.ts';
import { logAddress } from '../log/log-address.ts';

/** What is compared of a log at most. Servers take 100 MiB for a log unless they are told otherwise. */
const MOST_BYTES = 128 * 1024 * 1024;
const MOST_LINES = 1_000_000;

/** What the server's index of a log tells. */
export interface LogIndex {
  size: number;
  lines: number;
  line_feeds: number[];
}

/** The part of a log that is compared: all of it, or of a very long one the end. */
export interface LogPart {
  trace: string;
  index: LogIndex;
  /** The first byte. */
  from: number;
  /** Lines before the first one that is compared. */
  linesBefore: number;
}

/** The index of the log of an attempt; null: there is none. */
export const logIndexQuery = (fullPath: string, id: number) =>
  queryOptions({
    queryKey: keys.job(fullPath, id, 'index of log'),
    queryFn: async ({ signal }): Promise<LogIndex | null> => {
      const { index } = logAddress(fullPath, id);
      try {
        const address = index(0);
        const { size, lines, line_feeds } = await jsonOf<LogIndex>(address, { signal, cache: 'no-store' });
        return { size, lines, line_feeds };
      } catch (error) {
        if (isStatus(error, 404)) return null;
        throw error;
      }
    },
  });

/** What of a log is compared: from the beginning of a block of its index on, without the line that is cut there. */
export function partOf(trace: string, index: LogIndex): LogPart {
  const { size, lines, line_feeds } = index;
  let block = 0;
  while (
    block < line_feeds.length - 1 &&
    (size - block * BLOCK > MOST_BYTES || lines - line_feeds[block]! > MOST_LINES)
  )
    block += 1;
  const linesBefore = block === 0 ? 0 : Math.min(lines, line_feeds[block]! + 1);
  return { trace, index, from: block * BLOCK, linesBefore };
}
