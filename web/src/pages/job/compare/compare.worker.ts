import { ApiProblem } from '../../../api/problem.ts';
import { align } from './align.ts';
import { comparable, hashOf } from './comparable.ts';
import type { LogPart } from './log-part.ts';
import { readLines } from './read-lines.ts';
import { segmentsOf } from './segments.ts';

/** What the page asks, once. */
export interface Asked {
  left: LogPart;
  right: LogPart;
  /** Times and other things that vary count, too. */
  exact: boolean;
}

export type Answer =
  | { type: 'read'; bytes: number }
  | { type: 'done'; segments: Int32Array; complete: boolean }
  | { type: 'problem'; status: number; message: string };

self.addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  compare(data).catch((error: unknown) => {
    const status = error instanceof ApiProblem ? error.status : 0;
    tell({ type: 'problem', status, message: error instanceof Error ? error.message : String(error) });
  });
});

async function compare({ left, right, exact }: Asked): Promise<void> {
  const kinds = new Map<number, number>();
  let bytes = 0;
  const linesOf = async (part: LogPart) => {
    const lines: number[] = [];
    await readLines(part, (texts, size) => {
      for (const text of texts) {
        const hash = hashOf(comparable(text, exact));
        let kind = kinds.get(hash);
        if (kind === undefined) kinds.set(hash, (kind = kinds.size));
        lines.push(kind);
      }
      bytes += size;
      tell({ type: 'read', bytes });
    });
    return Int32Array.from(lines);
  };
  const [one, other] = await Promise.all([linesOf(left), linesOf(right)]);
  const { runs, complete } = align(one, other, kinds.size);
  const segments = segmentsOf(runs, one.length, other.length);
  tell({ type: 'done', segments, complete }, [segments.buffer]);
}

function tell(answer: Answer, transfer: Transferable[] = []): void {
  self.postMessage(answer, { transfer });
}
