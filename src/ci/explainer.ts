import { ClauseWriter, type Trial } from './clause-writer.ts';
import type { Config, JobConfig } from './config.ts';
import {
  asPlace,
  type Decision,
  type Explanation,
  type IncludeDecision,
  type JobDecision,
  NOT_ASKED,
  type Reason,
} from './explanation.ts';
import type { CompileInput, CompileResult, Plan, PlannedJob } from './plan.ts';
import { onlyPlace, type Position } from './problem.ts';
import { sentenceOf } from './sentence.ts';
import type { Lookup } from './variable.ts';

/** What has been asked for a decision, and what could be read. */
export interface Asked {
  trials: readonly Trial[];
  variables: Lookup;
  /** Why nothing could be decided. */
  undecided?: string;
}

const NOTHING: Asked = { trials: [], variables: new Map() };

/** Takes down, while a configuration is compiled, what decides over its includes, its pipeline and its jobs. */
export class Explainer {
  readonly #writer: ClauseWriter;
  readonly #includes: IncludeDecision[] = [];
  readonly #jobs = new Map<string, JobDecision>();
  #workflow: Decision | null = null;

  constructor(input: Pick<CompileInput, 'predefined' | 'stored' | 'variables'>) {
    this.#writer = new ClauseWriter(input);
  }

  /** An item of `include` that has rules. */
  include(location: string, position: Position, included: boolean, asked: Asked): void {
    const decision = this.#decide(reasonOf(included, asked), position, asked);
    this.#includes.push({ location: this.#writer.shown(location), ...onlyPlace(position), ...decision });
  }

  /** The pipeline as a whole. */
  workflow(position: Position, included: boolean, asked: Asked): void {
    this.#workflow = this.#decide(reasonOf(included, asked), position, asked);
  }

  /** `planned`: as it is in the pipeline, null when it is left out. */
  job(job: JobConfig, planned: Pick<PlannedJob, 'when'> | null, asked: Asked): void {
    const reason = reasonOf(planned !== null, asked);
    const decision = this.#decide(job.rules?.length === 0 ? 'no_rule_matched' : reason, job.position, asked);
    this.#jobs.set(job.name, asJob(job, planned?.when ?? null, decision));
  }

  /** All of it, once the configuration is compiled. `config`: null when it could not be read. */
  explain(config: Config | null, { plan, problems, warnings }: CompileResult): Explanation {
    const workflow = this.#workflow ?? NOT_ASKED;
    const without = (job: JobConfig, reason: Reason) =>
      asJob(job, null, this.#decide(reason, job.position, NOTHING));
    const left = workflow.included || workflow.reason === 'not_asked' ? 'not_asked' : 'workflow';
    const jobs = (config?.jobs ?? []).map((job) => this.#jobs.get(job.name) ?? without(job, left));
    return {
      valid: plan !== null,
      errors: problems.map(asPlace),
      warnings: warnings.map(asPlace),
      workflow,
      includes: this.#includes,
      jobs: [
        ...(plan ? withDroppedNeeds(jobs, plan) : jobs),
        ...(config?.unmade ?? []).map(({ job, because }) => without(job, because)),
      ],
      abridged: this.#writer.full,
    };
  }

  /** Of what has been asked the last decided, unless no rule matched. */
  #decide(reason: Reason, at: Position, { trials, variables, undecided }: Asked): Decision {
    const last = trials.at(-1);
    const decides = reason !== 'no_rule_matched' && last !== undefined;
    const byDefault = decides && 'policy' in last && last.policy.places[last.key] === undefined;
    const decided_by = decides ? this.#writer.write(last, trials.length, at, variables) : null;
    const before = decides ? trials.slice(0, -1) : trials;
    const passed_over = this.#writer.full
      ? []
      : before.map((trial, index) => this.#writer.write(trial, index + 1, at, variables));
    return {
      included: INCLUDED.has(reason),
      reason,
      message: undecided ?? sentenceOf(reason, decided_by, byDefault),
      decided_by,
      passed_over,
    };
  }
}

const INCLUDED: ReadonlySet<Reason> = new Set<Reason>(['rule', 'no_rules', 'only_except']);

function reasonOf(included: boolean, { trials, undecided }: Asked): Reason {
  if (undecided !== undefined) return 'undecided';
  const last = trials.at(-1);
  if (last === undefined) return included ? 'no_rules' : 'no_rule_matched';
  if ('keyword' in last) return included ? 'only_except' : last.keyword;
  if (included) return 'rule';
  return last.failed === null ? 'never' : 'no_rule_matched';
}

function asJob(job: JobConfig, when: string | null, decision: Decision): JobDecision {
  const { name, stage, position } = job;
  return { name, stage, ...onlyPlace(position), ...decision, when, dropped_needs: [] };
}

function withDroppedNeeds(jobs: readonly JobDecision[], plan: Plan): JobDecision[] {
  const planned = new Map(plan.jobs.map((job) => [job.name, job]));
  return jobs.map((job) => {
    const dropped = (planned.get(job.name)?.needs ?? []).filter(({ name }) => !planned.has(name));
    return dropped.length === 0 ? job : { ...job, dropped_needs: dropped.map(({ name }) => name) };
  });
}
