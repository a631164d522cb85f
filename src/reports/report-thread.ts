import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ReportRequest, ReportResult, UnitTestResult } from './read-report.ts';
import { emptySummary } from './report-summary.ts';

/** What the thread is asked, and told when it may go on. */
export type Asked = { kind: 'read'; request: ReportRequest } | { kind: 'go_on' };
/** What it tells. */
export type Told =
  | { kind: 'text'; bytes: Uint8Array }
  | { kind: 'tests'; tests: UnitTestResult[] }
  | { kind: 'result'; result: ReportResult }
  | { kind: 'failed'; message: string };

/** A report that takes more is not read; one of 500,000 test cases takes a third. */
const MEMORY_MB = 384;
/** The thread ends when nothing was read for so long. */
const IDLE_MS = 60_000;

/** Reads reports in a thread of its own, one after another: a huge or hostile one holds up nobody else. */
export class ReportThread {
  #worker: Worker | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | null = null;
  #closed = false;

  /**
   * Reads a report as `readReport`; what it writes is to be taken from the iterable that `take` is given, to
   * its end. Too little memory is an error of the report.
   */
  read<T>(
    request: ReportRequest,
    take: (written: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<{ taken: T; result: ReportResult }> {
    const turn = this.#turn.then(() => this.#read(request, take));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#end();
    await this.#turn;
  }

  async #read<T>(request: ReportRequest, take: (written: AsyncIterable<Uint8Array>) => Promise<T>) {
    if (this.#closed) throw new Error('the server is stopping');
    const worker = this.#start();
    let result: ReportResult | null = null;
    const gone = new AbortController();
    const onExit = () => gone.abort();
    worker.once('exit', onExit);
    let tests: UnitTestResult[] = [];
    const written = async function* () {
      const messages = on(worker, 'message', { signal: gone.signal });
      worker.postMessage({ kind: 'read', request } satisfies Asked);
      for await (const [told] of messages as AsyncIterable<[Told]>) {
        if (told.kind === 'failed') throw new Error(told.message);
        if (told.kind === 'result') {
          ({ result } = told);
          if (result.kind === 'tests') result.tests = tests;
          return;
        }
        if (told.kind === 'text') yield told.bytes;
        else tests = tests.concat(told.tests);
        worker.postMessage({ kind: 'go_on' } satisfies Asked);
      }
    };
    const orTooBig = async function* () {
      try {
        yield* written();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
        result = tooBig(request);
      }
    };
    try {
      const taken = await take(orTooBig());
      if (!result) throw new Error('the report was not read to its end');
      this.#rest();
      return { taken, result: result as ReportResult };
    } catch (error) {
      // What it is at now is nobody's any more.
      await this.#end();
      throw error;
    } finally {
      worker.off('exit', onExit);
    }
  }

  #start(): Worker {
    if (this.#idle) clearTimeout(this.#idle);
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./report-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    // Whoever waits is told by a listener of their own; this one is for a thread that dies at rest.
    worker.on('error', () => {});
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null;
    });
    this.#worker = worker;
    return worker;
  }

  #rest(): void {
    this.#idle = setTimeout(() => void this.#end(), IDLE_MS).unref();
    this.#worker?.unref();
  }

  async #end(): Promise<void> {
    if (this.#idle) clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}

function tooBig({ type }: ReportRequest): ReportResult {
  if (type === 'junit')
    return { kind: 'tests', summary: emptySummary('JUnit XML parsing failed: it is too big'), tests: [] };
  const error = 'Coverage report parsing failed: it is too big';
  return { kind: 'coverage', summary: { files: 0, lines: 0, covered: 0, error } };
}
