import type { Config, JobConfig } from './config.ts';
import { expand, expandAll } from './expand.ts';
import { inherits } from './entries/inherit.ts';
import type { CompileInput, PlannedJob, PlannedStep } from './plan.ts';
import { jobVariables } from './predefined.ts';
import { problem, refuse, type Problem } from './problem.ts';
import { applyRules, type RuleOutcome } from './rules.ts';
import { mergeVariables, type Variable } from './variable.ts';

/** What all jobs together may hold, so that a long list at the root times many jobs cannot fill the memory. */
const MAX_PLAN_ITEMS = 1_000_000;

/** The jobs that their rules let into the pipeline, or why it cannot be created. */
export function planJobs(
  config: Config,
  rootVariables: readonly Variable[],
  input: Pick<CompileInput, 'predefined' | 'variables'>,
  needsLimit: number,
): { jobs: PlannedJob[]; problems: Problem[] } {
  const jobs: PlannedJob[] = [];
  const problems: Problem[] = [];
  let items = 0;
  for (const job of config.jobs) {
    items += rootVariables.length + job.variables.length + job.before_script.length + job.script.length;
    if (items > MAX_PLAN_ITEMS)
      refuse('logic', 'The parsed YAML is too big', job.position, `jobs:${job.name}`);
    const inherited = rootVariables.filter(({ key }) => inherits(job.inherit_variables, key));
    const own = mergeVariables(inherited, job.variables);
    const own_when = job.when ?? 'on_success';
    const predefined = jobVariables({ name: job.name, stage: job.stage, when: own_when });
    const visible = mergeVariables(input.predefined, predefined, own, input.variables);
    const allow_failure = job.allow_failure ?? job.when === 'manual';
    const outcome: RuleOutcome | null =
      job.rules === null
        ? { when: own_when, allow_failure: null, variables: [] }
        : applyRules(job.rules, own_when, valuesByKey(visible));
    if (outcome === null) continue;
    const loop = expandAll(visible, { unknown: 'keep' }).problem;
    if (loop) problems.push(problemOf(job, 'variables', `${job.name}: ${loop}`));
    jobs.push({
      kind: 'build',
      name: job.name,
      stage: job.stage,
      stage_idx: config.stages.indexOf(job.stage),
      when: outcome.when,
      start_in: null,
      allow_failure: outcome.allow_failure ?? allow_failure,
      allow_failure_exit_codes: [],
      retry: { max: 0, when: [], exit_codes: [] },
      interruptible: false,
      resource_group: null,
      environment: null,
      coverage: null,
      instance: null,
      trigger: null,
      scheduling_type: job.needs ? 'dag' : 'stage',
      needs: job.needs ?? [],
      dependencies: job.dependencies,
      tag_list: job.tags.map((tag) => expand(tag, visible, { unknown: 'keep' })),
      variables: mergeVariables(own, outcome.variables),
      steps: steps(job),
      image: job.image,
      services: job.services,
      artifacts: job.artifacts,
      reports: [],
      cache: [],
      timeout: job.timeout,
      position: job.position,
    });
  }
  const planned = new Set(jobs.map((job) => job.name));
  for (const job of config.jobs) {
    if (planned.has(job.name)) problems.push(...needsProblems(job, planned, needsLimit));
  }
  return { jobs, problems };
}

/** The values that `rules:if` sees. */
export function valuesByKey(variables: readonly Variable[]): Map<string, string> {
  return new Map(variables.map(({ key, value }) => [key, value]));
}

function steps(job: JobConfig): PlannedStep[] {
  const script = [...job.before_script, ...job.script];
  const all: PlannedStep[] = [{ name: 'script', script, when: 'on_success', allow_failure: false }];
  if (job.after_script && job.after_script.length > 0) {
    all.push({ name: 'after_script', script: job.after_script, when: 'always', allow_failure: true });
  }
  return all;
}

function needsProblems(job: JobConfig, planned: ReadonlySet<string>, limit: number): Problem[] {
  const needs = job.needs ?? [];
  if (needs.length > limit) {
    const message =
      `${job.name}: one job can only need ${limit} others, but you have listed ${needs.length}. ` +
      'See needs keyword documentation for more details';
    return [problemOf(job, 'needs', message)];
  }
  return needs
    .filter(({ name, optional }) => !optional && !planned.has(name))
    .map(({ name }) =>
      problemOf(
        job,
        'needs',
        `'${job.name}' job needs '${name}' job, but '${name}' does not exist in the pipeline. ` +
          'This might be because of the only, except, or rules keywords. ' +
          'To need a job that sometimes does not exist in the pipeline, use needs:optional.',
      ),
    );
}

function problemOf(job: JobConfig, code: 'needs' | 'variables', message: string): Problem {
  return problem(code, message, job.position, `jobs:${job.name}`);
}
