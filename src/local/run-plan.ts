import type { CompileInput, PlannedJob } from '../ci/plan.ts';
import { StartError } from '../errors.ts';
import type { Engine } from './find-engine.ts';
import { compileLocally } from './local-plan.ts';
import { plainText } from './plain-text.ts';
import { hostNotice, refusalText } from './report-run.ts';
import type { RunFlags } from './run-flags.ts';
import type { Snapshot } from './snapshot.ts';
import type { View } from './view.ts';
import type { WorkTree } from './work-tree.ts';

/** What is found out as a run's configurations are compiled, and told to whoever waits for it. */
export class RunPlan {
  /** Of all pipelines until now; for a list also those that are not run here. */
  readonly jobs: PlannedJob[] = [];
  readonly #flags: RunFlags;
  readonly #view: View;
  readonly #engine: Engine;
  #refusal: string | null = null;
  #isWarned = false;

  constructor(flags: RunFlags, view: View, engine: Engine) {
    this.#flags = flags;
    this.#view = view;
    this.#engine = engine;
  }

  /** How the private server compiles. `asThere`: what rules see of another server. */
  compileWith(asThere: (input: CompileInput) => CompileInput) {
    return compileLocally({
      wanted: this.#flags.jobs,
      manual: this.#flags.manual,
      asThere,
      planned: (here, elsewhere) => this.#planned(here, elsewhere),
      refused: (result) => {
        this.#refusal = refusalText(result);
      },
    });
  }

  /** @throws StartError with the reasons when no pipeline comes of the configuration */
  check(): void {
    if (this.#refusal === null) return;
    const isElsewhere = /not found or access denied|is not a valid component host/i.test(this.#refusal);
    const hint =
      isElsewhere && !this.#flags.server ? '\n--server URL takes what is of other projects from there.' : '';
    throw new StartError(this.#refusal + hint);
  }

  /** Says what is going to be run. */
  begin({ repository }: WorkTree, ref: string, snapshot: Snapshot): void {
    const { sha, changed, submodules, passed_over } = snapshot;
    for (const path of submodules)
      this.note(
        `${path} is a submodule: jobs have its commit, and fetch it from its address if they ask for it`,
      );
    for (const path of passed_over)
      this.note(`${path} is a repository without a commit, which nobody can push: it is left out`);
    const state = changed ? ' with what is not committed' : '';
    const { length } = this.jobs;
    this.note(
      `Pipeline of ${ref} at ${(repository?.head ?? sha).slice(0, 8)}${state}: ${length} job${length === 1 ? '' : 's'}`,
    );
  }

  /** A list has the standard output for itself. */
  note(text: string): void {
    // Names of jobs may hold anything.
    const plain = plainText(text);
    if (this.#flags.list) process.stderr.write(`${plain}\n`);
    else this.#view.note(plain);
  }

  #planned(here: readonly PlannedJob[], elsewhere: readonly PlannedJob[]): void {
    this.jobs.push(...here, ...(this.#flags.list ? elsewhere : []));
    if (this.#flags.list) return;
    for (const { name, trigger } of elsewhere)
      this.note(
        `WARNING: ${name} is left out: pipelines of other projects (${trigger?.project}) are not begun from here`,
      );
    if (this.#engine.program !== null || this.#isWarned) return;
    const notice = hostNotice(here, this.#engine.because);
    this.#isWarned = notice !== null;
    if (notice !== null) this.note(notice);
  }
}
