import { type Conversation, isOutOfMemory, WorkerThread } from '../threads/worker-thread.ts';
import type { ReportRequest, ReportResult, UnitTestResult } from './read-report.ts';
import { emptySummary } from './report-summary.ts';

/** What the thread is asked, and told when it may go on. */
export type Asked = { kind: 'read'; request: ReportRequest } | { kind: 'go_on' };
/** What it tells. */
export type Told =
  | { kind: 'text'; bytes: Uint8Array }
  | { kind: 'tests'; tests: UnitTestResult[] }
  | { kind: 'result'; result: ReportResult };

/** A report that takes more is not read; one of 500,000 test cases takes a third. */
const MEMORY_MB = 384;
/** The thread ends when nothing was read for so long. */
const IDLE_MS = 60_000;

/** Reads reports in a thread of its own, one after another. */
export class ReportThread {
  readonly #thread = new WorkerThread<Asked, Told>(new URL('./report-worker.ts', import.meta.url), {
    memory: MEMORY_MB,
    idle: IDLE_MS,
    shared: true,
  });

  /**
   * Reads a report as `readReport`; what it writes is to be taken from the iterable that `take` is given, to
   * its end. Too little memory is an error of the report.
   */
  read<T>(
    request: ReportRequest,
    take: (written: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<{ taken: T; result: ReportResult }> {
    return this.#thread.run(async (conversation) => {
      const reading = new Reading(request, conversation);
      const taken = await take(reading.written());
      if (!reading.result) throw new Error('the report was not read to its end');
      return { taken, result: reading.result };
    });
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }
}

/** One report. `result` is there when what is written has come to its end. */
class Reading {
  result: ReportResult | null = null;
  readonly #request: ReportRequest;
  readonly #conversation: Conversation<Asked, Told>;

  constructor(request: ReportRequest, conversation: Conversation<Asked, Told>) {
    this.#request = request;
    this.#conversation = conversation;
  }

  async *written(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#written();
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      this.result = tooBig(this.#request);
    }
  }

  async *#written(): AsyncGenerator<Uint8Array> {
    const { ask, told } = this.#conversation;
    let tests: UnitTestResult[] = [];
    ask({ kind: 'read', request: this.#request });
    for await (const message of told) {
      if (message.kind === 'result') {
        const { result } = message;
        this.result = result.kind === 'tests' ? { ...result, tests } : result;
        return;
      }
      if (message.kind === 'text') yield message.bytes;
      else tests = tests.concat(message.tests);
      ask({ kind: 'go_on' });
    }
  }
}

function tooBig({ type }: ReportRequest): ReportResult {
  if (type === 'junit')
    return { kind: 'tests', summary: emptySummary('JUnit XML parsing failed: it is too big'), tests: [] };
  const error = 'Coverage report parsing failed: it is too big';
  return { kind: 'coverage', summary: { files: 0, lines: 0, covered: 0, error } };
}
