import { refused } from '../ci/explanation.ts';
import type { LintResult } from '../ci/lint.ts';
import type { CompileInput, CompileResult } from '../ci/plan.ts';
import type { Answer, Question } from '../ci/repository-view.ts';
import { type Problem, problem } from '../ci/problem.ts';
import { askNobody, type SourceQuestion } from '../ci/sources.ts';
import type { RunForm } from '../ci/run-form.ts';
import { apiError } from '../errors.ts';
import { GitError } from '../git/git-error.ts';
import { isLate, isOutOfMemory, unlessAborted, WorkerThread } from '../threads/worker-thread.ts';
import type { DraftResult } from './pipeline-draft.ts';

/** What the compiler wants of the server: a file of the pipeline's commit, what rules ask of
 * repositories, or what includes ask. */
export type Wanted =
  { kind: 'own_file'; path: string } | { kind: 'look_up'; question: Question } | SourceQuestion;

/** What becomes of a configuration: the draft of a pipeline, or what there is to say of it. */
export interface Results {
  draft: DraftResult;
  lint: LintResult;
  dry_run: LintResult;
  /** JSON of an Explanation. */
  explain: string;
  run_form: RunForm;
}

/** What the thread is asked, and told of what it wants. */
export type Asked =
  | {
      kind: 'compile';
      into: keyof Results;
      input: Omit<CompileInput, keyof Near>;
      merged_yaml_size: number;
    }
  | { kind: 'answer'; number: number; answer: unknown };
/** What it tells. */
export type Told =
  { kind: 'want'; number: number; wanted: Wanted } | { kind: 'result'; result: Results[keyof Results] };

/** A configuration that takes longer is refused, as GitLab does. */
const DEADLINE_MS = 30_000;
/** A configuration that takes more is refused; 1,000 jobs take a tenth. */
const MEMORY_MB = 256;
/** The thread ends when nothing was compiled for so long. */
const IDLE_MS = 10 * 60_000;

/** What is far was fetched before; the rest is at hand. */
type Turn<Result> = { result: Result } | { far: Wanted };

/** Compiles in a thread of its own, one configuration after another. */
export class CompilerThread {
  readonly #thread = new WorkerThread<Asked, Told>(new URL('./compile-worker.ts', import.meta.url), {
    memory: MEMORY_MB,
    idle: IDLE_MS,
    shared: true,
  });
  readonly #deadline: number;
  readonly #mergedYamlSize: number;
  readonly #stopping = new AbortController();

  /**
   * `deadline`: milliseconds that one configuration may take, beside its turns' coming; `merged_yaml_size`: bytes of
   * one that is drafted with its pipeline.
   */
  constructor({ deadline = DEADLINE_MS, merged_yaml_size = Infinity } = {}) {
    this.#deadline = deadline;
    this.#mergedYamlSize = merged_yaml_size;
  }

  /**
   * As `compile` of ci/compile.ts, and drafted. Nobody waits for the files of another's: what has to be fetched from
   * afar is fetched between two turns, and the configuration compiled again with what came.
   * @throws what `fetchFile`, `lookUp` and `ask` throw, or 503 when the server is stopping
   */
  async compile(input: CompileInput): Promise<DraftResult> {
    return await this.#compile('draft', input, invalid);
  }

  /** As `lint` of ci/lint.ts; otherwise as `compile`. */
  async lint(input: CompileInput, { dry_run }: { dry_run: boolean }): Promise<LintResult> {
    return await this.#compile(dry_run ? 'dry_run' : 'lint', input, (late) => ({
      valid: false,
      errors: [late],
      warnings: [],
      merged_yaml: null,
      includes: null,
      jobs: [],
    }));
  }

  /** The JSON of an Explanation, as `compileExplained` of ci/explain.ts; otherwise as `compile`. */
  async explain(input: CompileInput): Promise<string> {
    return await this.#compile('explain', input, (late) => JSON.stringify(refused(late)));
  }

  /** As `runForm` of ci/run-form.ts; otherwise as `compile`. */
  async runForm(input: CompileInput): Promise<RunForm> {
    return await this.#compile('run_form', input, (late) => ({
      valid: false,
      errors: [late],
      warnings: [],
      inputs: [],
      variables: [],
    }));
  }

  async #compile<Into extends keyof Results>(
    into: Into,
    { fetchFile, lookUp = knowNothing, ask = askNobody, ...input }: CompileInput,
    giveUp: (problem: Problem) => Results[Into],
  ): Promise<Results[Into]> {
    const near = { fetchFile, lookUp, ask };
    const answers = new Map<string, unknown>();
    let left = this.#deadline;
    const timed = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
      const begun = performance.now();
      try {
        return await work(AbortSignal.any([AbortSignal.timeout(Math.ceil(left)), this.#stopping.signal]));
      } finally {
        left = Math.max(0, left - (performance.now() - begun));
      }
    };
    try {
      for (;;) {
        const turn = await this.#turn(into, near, input, answers, left, timed);
        if ('result' in turn) return turn.result;
        const answer = await timed((signal) => unlessAborted(answerTo(turn.far, near), signal));
        answers.set(JSON.stringify(turn.far), answer);
      }
    } catch (error) {
      if (isOutOfMemory(error)) return giveUp(refusal('The parsed YAML is too big'));
      if (error instanceof GitError && error.code === 'too_large')
        return giveUp(refusal('The provided YAML is too big'));
      if (isLate(error)) return giveUp(refusal('Request timed out when fetching configuration files.'));
      throw error;
    }
  }

  /** Compiles until there is a result, or something is wanted that takes long. */
  #turn<Into extends keyof Results>(
    into: Into,
    near: Near,
    input: Omit<CompileInput, keyof Near>,
    far: ReadonlyMap<string, unknown>,
    deadline: number,
    timed: <T>(work: () => Promise<T>) => Promise<T>,
  ): Promise<Turn<Results[Into]>> {
    return this.#thread.run(
      ({ ask, told, signal }) =>
        timed(async () => {
          ask({ kind: 'compile', into, input, merged_yaml_size: this.#mergedYamlSize });
          for await (const message of told) {
            if (message.kind === 'result') return { result: message.result as Results[Into] };
            const { number, wanted } = message;
            if (wanted.kind !== 'remote') {
              ask({ kind: 'answer', number, answer: await unlessAborted(answerTo(wanted, near), signal) });
              continue;
            }
            const key = JSON.stringify(wanted);
            if (!far.has(key)) return { far: wanted };
            ask({ kind: 'answer', number, answer: far.get(key) });
          }
          throw new Error('the thread tells without end');
        }),
      { deadline: Math.ceil(deadline) },
    );
  }

  /** Compiles nothing more, and gives up what is under way: it may take longer than anybody waits for the end. */
  stop(): void {
    this.#stopping.abort(apiError('unavailable', 'the server is stopping'));
    this.#thread.stop();
  }

  async close(): Promise<void> {
    this.stop();
    await this.#thread.close();
  }
}

/** Who answers. */
type Near = Required<Pick<CompileInput, 'fetchFile' | 'lookUp' | 'ask'>>;

function answerTo(wanted: Wanted, { fetchFile, lookUp, ask }: Near): Promise<unknown> {
  if (wanted.kind === 'own_file') return fetchFile(wanted.path);
  return wanted.kind === 'look_up' ? lookUp(wanted.question) : ask(wanted.kind, wanted as never);
}

const knowNothing = async ({ kind }: Question): Promise<Answer> => ({ paths: kind === 'files' ? '' : null });

const refusal = (message: string): Problem => problem('syntax', message, { file: '', line: 1, column: 1 });

const invalid = (late: Problem): CompileResult & { outcome: 'invalid' } => ({
  outcome: 'invalid',
  plan: null,
  problems: [late],
  warnings: [],
});
