import type { CompileInput } from '../ci/plan.ts';
import type { Answer, Question } from '../ci/repository-view.ts';
import { isLate, isOutOfMemory, unlessAborted, WorkerThread } from '../threads/worker-thread.ts';
import type { DraftResult } from './pipeline-draft.ts';

/** What the thread is asked, and told of what it wants. */
export type Asked =
  | { kind: 'compile'; input: Omit<CompileInput, 'fetchFile' | 'lookUp'> }
  | { kind: 'file'; path: string; text: string | null }
  | { kind: 'answer'; answer: Answer };
/** What it tells. */
export type Told =
  | { kind: 'fetch'; path: string }
  | { kind: 'look_up'; question: Question }
  | { kind: 'result'; result: DraftResult };

/** A configuration that takes longer is refused, as GitLab does. */
const DEADLINE_MS = 30_000;
/** A configuration that takes more is refused; 1,000 jobs take a tenth. */
const MEMORY_MB = 256;
/** The thread ends when nothing was compiled for so long. */
const IDLE_MS = 10 * 60_000;

/** Compiles in a thread of its own, one configuration after another. */
export class CompilerThread {
  readonly #thread = new WorkerThread<Asked, Told>(new URL('./compile-worker.ts', import.meta.url), {
    memory: MEMORY_MB,
    idle: IDLE_MS,
  });
  readonly #deadline: number;

  /** `deadline`: milliseconds that one configuration may take. */
  constructor({ deadline = DEADLINE_MS }: { deadline?: number } = {}) {
    this.#deadline = deadline;
  }

  /** As `compile` of ci/compile.ts, and drafted. @throws what `fetchFile` and `lookUp` throw, or 503 when the server is stopping */
  async compile({ fetchFile, lookUp = knowNothing, ...input }: CompileInput): Promise<DraftResult> {
    try {
      return await this.#thread.run(
        async ({ ask, told, signal }) => {
          ask({ kind: 'compile', input });
          for await (const message of told) {
            if (message.kind === 'result') return message.result;
            if (message.kind === 'look_up') {
              ask({ kind: 'answer', answer: await unlessAborted(lookUp(message.question), signal) });
            } else {
              const { path } = message;
              ask({ kind: 'file', path, text: await unlessAborted(fetchFile(path), signal) });
            }
          }
          throw new Error('the thread tells without end');
        },
        { deadline: this.#deadline },
      );
    } catch (error) {
      if (isOutOfMemory(error)) return refusal('The parsed YAML is too big');
      if (isLate(error)) return refusal('Request timed out when fetching configuration files.');
      throw error;
    }
  }

  /** Compiles nothing more, and gives up what is under way: it may take longer than anybody waits for the end. */
  stop(): void {
    this.#thread.stop();
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }
}

const knowNothing = async ({ kind }: Question): Promise<Answer> => ({ paths: kind === 'files' ? '' : null });

const refusal = (message: string): DraftResult => ({
  outcome: 'invalid',
  plan: null,
  problems: [{ message, code: 'syntax', file: '', line: 1, column: 1, path: '' }],
  warnings: [],
});
