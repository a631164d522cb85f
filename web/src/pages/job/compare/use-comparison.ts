import { useEffect, useMemo, useState } from 'react';
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
  /** How much of both logs has been read, in percent; null: nothing is under way. */
  read: number | null;
  /** Null: nothing yet. While logs are compared anew, what was is still there. */
  compared: Compared | null;
  /** Of what was asked last. */
  error: unknown;
  again: () => void;
}

interface Outcome {
  of: object;
  error: unknown;
}

/** Compares two logs in a worker, which reads them by itself: the page goes on meanwhile. */
export function useComparison(left: LogPart, right: LogPart, exact: boolean): Comparison {
  const [tries, setTries] = useState(0);
  const asked = useMemo(() => ({ left, right, exact, tries }), [left, right, exact, tries]);
  const [read, setRead] = useState({ of: asked, percent: 0 });
  const [compared, setCompared] = useState<Compared | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  useEffect(() => {
    const worker = new Worker(new URL('./compare.worker.ts', import.meta.url), { type: 'module' });
    const size = left.index.size - left.from + right.index.size - right.from;
    const end = (error: unknown) => {
      worker.terminate();
      setOutcome({ of: asked, error });
    };
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      if (data.type === 'read') {
        const percent = size === 0 ? 100 : Math.floor((100 * data.bytes) / size);
        return setRead({ of: asked, percent });
      }
      if (data.type === 'problem') return end(new ApiProblem(data.status, data.message));
      setCompared({ left, right, exact, segments: data.segments, complete: data.complete });
      end(null);
    });
    worker.addEventListener('error', () => end(new Error('The logs cannot be compared in this browser.')));
    worker.postMessage({ left, right, exact } satisfies Asked);
    return () => worker.terminate();
  }, [left, right, exact, asked]);
  const isDone = outcome?.of === asked;
  return {
    read: isDone ? null : read.of === asked ? read.percent : 0,
    compared,
    error: isDone ? outcome.error : null,
    again: () => setTries(tries + 1),
  };
}
