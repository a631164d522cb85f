import { useEffect, useState } from 'react';
import { ApiProblem } from '../../../api/problem.ts';
import type { Answer, Asked } from './compare.worker.ts';
import type { LogPart } from './log-part.ts';

/** What came of it, and of what. */
export interface Compared extends Asked {
  segments: Int32Array;
  /** Whether all lines that can be aligned are. */
  complete: boolean;
}

export interface Comparison {
  /** Of both logs, in percent. */
  read: number;
  /** Null: nothing yet. While logs are compared anew, what was is still there. */
  compared: Compared | null;
  error: unknown;
  again: () => void;
}

/** Compares two logs in a worker, which reads them by itself: the page goes on meanwhile. */
export function useComparison(left: LogPart, right: LogPart, exact: boolean): Comparison {
  const [read, setRead] = useState(0);
  const [compared, setCompared] = useState<Compared | null>(null);
  const [failed, setFailed] = useState<{ error: unknown; asked: number } | null>(null);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    const worker = new Worker(new URL('./compare.worker.ts', import.meta.url), { type: 'module' });
    const size = left.index.size - left.from + right.index.size - right.from;
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      if (data.type === 'read') return setRead(size === 0 ? 100 : Math.floor((100 * data.bytes) / size));
      worker.terminate();
      if (data.type === 'problem')
        return setFailed({ error: new ApiProblem(data.status, data.message), asked });
      setFailed(null);
      setCompared({ left, right, exact, segments: data.segments, complete: data.complete });
    });
    worker.addEventListener('error', () =>
      setFailed({ error: new Error('The logs cannot be compared in this browser.'), asked }),
    );
    worker.postMessage({ left, right, exact } satisfies Asked);
    return () => worker.terminate();
  }, [left, right, exact, asked]);
  return {
    read,
    compared,
    error: failed?.asked === asked ? failed.error : null,
    again: () => setAsked(asked + 1),
  };
}
