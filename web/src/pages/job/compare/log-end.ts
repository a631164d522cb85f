import { queryOptions } from '@tanstack/react-query';
import { keys } from '../../../api/keys.ts';
import { isStatus, problemOf } from '../../../api/problem.ts';
import { plainText } from '../log/line-runs.ts';
import { logAddress } from '../log/log-address.ts';
import type { NumberedLine } from './diff-lines.ts';

/** Of each log so many bytes and lines are compared, the last ones. */
const MOST_BYTES = 1 << 20;
const MOST_LINES = 4000;

export interface LogEnd {
  lines: NumberedLine[];
  /** Whether there is more before them. */
  cut: boolean;
}

/** The end of the log of an attempt, without its colours; null: there is none. */
export const logEndQuery = (fullPath: string, id: number) =>
  queryOptions({
    queryKey: keys.job(fullPath, id, 'end of log'),
    queryFn: async ({ signal }): Promise<LogEnd | null> => {
      const { trace, index } = logAddress(fullPath, id);
      const headers = { Range: `bytes=-${MOST_BYTES}` };
      const response = await fetch(trace, { headers, signal, cache: 'no-store' });
      if (!response.ok) {
        const problem = await problemOf(response);
        if (isStatus(problem, 404)) return null;
        // Of an empty one there is no last byte.
        if (isStatus(problem, 416)) return { lines: [], cut: false };
        throw problem;
      }
      const texts = (await response.text()).split('\n');
      if (texts.at(-1) === '') texts.pop();
      const isPart =
        response.status === 206 && !response.headers.get('content-range')?.startsWith('bytes 0-');
      // The first one has lost its beginning.
      if (isPart) texts.shift();
      const last = texts.slice(-MOST_LINES);
      const cut = isPart || last.length < texts.length;
      const count = isPart ? await linesOf(index(0), signal) : texts.length;
      const before = Math.max(0, count - last.length);
      return { lines: last.map((text, at) => ({ line: before + at + 1, text: plainText(text) })), cut };
    },
  });

/** How many lines a log has. */
async function linesOf(index: string, signal: AbortSignal): Promise<number> {
  const response = await fetch(index, { signal, cache: 'no-store' });
  if (!response.ok) throw await problemOf(response);
  return ((await response.json()) as { lines: number }).lines;
}
