import { withKey, type FileDigests } from './cache-key.ts';
import type { Config, JobConfig } from './config.ts';
import type { Trial } from './clause-writer.ts';
import { findCycle } from './cycle.ts';
import { expand } from './expand.ts';
import type { Explainer } from './explainer.ts';
import { VariablesOfJobs } from './job-variables.ts';
import type { KnownVariables } from './known-variables.ts';
import type { CompileInput, CompileLimits, PlannedJob, PlannedStep } from './plan.ts';
import { textCount } from './node-count.ts';
import { problem, refuse, type Problem } from './problem.ts';
import { policiesHold, type PolicyContext } from './policy.ts';
import { releaseScript } from './release-script.ts';
import { type RepositoryView, RuleError } from './repository-view.ts';
import { tagList } from './tag-list.ts';
import { applyRules, type RuleOutcome } from './rules.ts';
import type { GivenVariables } from './stored-variable.ts';
import { mergeVariables, type Variable } from './variable.ts';

/** What all jobs together may hold, so that a long list at the root times many jobs cannot fill the memory. */
const MAX_PLAN_ITEMS = 1_000_000;
/** Bytes of a job's tags together: the queue is looked through by them, and an entry of an index has an end. */
const MAX_TAG_BYTES = 2000;

interface Input extends Pick<CompileInput, 'predefined'> {
  given: GivenVariables;
  digests: FileDigests;
  view: RepositoryView;
  explainer: Explainer;
}

/** The jobs that their rules let into the pipeline, or why it cannot be created. */
export async function planJobs(
  config: Config,
  rootVariables: readonly Variable[],
  input: Input,
  limits: Pick<CompileLimits, 'ci_needs_size_limit' | 'ci_pipeline_size'>,
): Promise<{ jobs: PlannedJob[]; problems: Problem[] }> {
  const jobs: PlannedJob[] = [];
  const problems: Problem[] = [];
  const seen = {
    jobs: new VariablesOfJobs(input.predefined, rootVariables, input.given),
    predefined: new Map(input.predefined.map(({ key, value }) => [key, value])),
  };
  const ofRoot = countOf(rootVariables.map(({ value }) => value));
  let items = 0;
  for (const job of config.jobs) {
    items += ofRoot + countOf(job.variables.map(({ value }) => value)) + countOf(scriptOf(job));
    if (items > MAX_PLAN_ITEMS)
      refuse('logic', 'The parsed YAML is too big', job.position, `jobs:${job.name}`);
    const { planned, loop, undecided } = await planJob(job, config.stages, seen, input);
    if (undecided)
      problems.push(problemOf(job, 'logic', `Failed to parse rule for ${job.name}: ${undecided}`));
    if (loop) problems.push(problemOf(job, 'variables', `${job.name}: ${loop}`));
    if (planned && Buffer.byteLength(planned.tag_list.join()) > MAX_TAG_BYTES)
      problems.push(
        problemOf(job, 'tags', `${job.name}: tags are too long (maximum is ${MAX_TAG_BYTES} bytes together)`),
      );
    if (planned) jobs.push(planned);
    if (jobs.length > limits.ci_pipeline_size) {
      const message = `The pipeline has too many jobs: the limit is ${limits.ci_pipeline_size}.`;
      refuse('logic', message, job.position, `jobs:${job.name}`);
    }
  }
  const names = new Set(jobs.map((job) => job.name));
  for (const job of jobs) problems.push(...needsProblems(job, names, limits.ci_needs_size_limit));
  if (problems.length === 0) problems.push(...cycleOfRules(config.jobs, jobs));
  return { jobs, problems };
}

const countOf = (texts: readonly string[]) => texts.reduce((sum, text) => sum + textCount(text), 0);

const scriptOf = ({ before_script, script, after_script }: JobConfig) => [
  ...before_script,
  ...script,
  ...(after_script ?? []),
];

interface Planned {
  /** Null when its rules leave it out. */
  planned: PlannedJob | null;
  /** A circle of variables. */
  loop: string | null;
  /** Why its rules decide nothing. */
  undecided: string | null;
}

async function planJob(
  job: JobConfig,
  stages: readonly string[],
  seen: { jobs: VariablesOfJobs; predefined: PolicyContext['predefined'] },
  { digests, view, explainer }: Input,
): Promise<Planned> {
  const own_when = job.when ?? 'on_success';
  const visible = seen.jobs.of(job);
  const allow_failure = job.allow_failure ?? job.when === 'manual';
  const trials: Trial[] = [];
  const context = { predefined: seen.predefined, variables: visible, view };
  const outcome = await ruleOutcome(job, own_when, context, trials);
  const undecided = outcome instanceof RuleError ? outcome.message : null;
  const planned_when = outcome instanceof RuleError ? null : outcome;
  explainer.job(job, planned_when, { trials, variables: visible, ...(undecided !== null && { undecided }) });
  if (outcome instanceof RuleError || outcome === null) return { planned: null, loop: null, undecided };

  const variables = mergeVariables(seen.jobs.ofConfiguration(job), outcome.variables);
  const known = outcome.variables.length === 0 ? visible : seen.jobs.of(job, outcome.variables);
  const needs = outcome.needs ?? job.needs ?? [];
  const planned: PlannedJob = {
    kind: job.kind,
    name: job.name,
    stage: job.stage,
    stage_idx: stages.indexOf(job.stage),
    when: outcome.when,
    start_in: outcome.when === 'delayed' ? (outcome.start_in ?? job.start_in) : null,
    allow_failure: outcome.allow_failure ?? allow_failure,
    allow_failure_exit_codes: outcome.allow_failure === null ? job.allow_failure_exit_codes : [],
    retry: job.retry ?? { max: 0, when: [], exit_codes: [] },
    interruptible: outcome.interruptible ?? job.interruptible,
    resource_group: groupOf({ ...job, when: outcome.when }, outcome.variables, seen.jobs),
    environment: job.environment,
    coverage: job.coverage,
    instance: job.instance,
    trigger: job.trigger,
    scheduling_type: job.needs || needs.length > 0 ? 'dag' : 'stage',
    needs,
    ...crossDependencies(job, known),
    dependencies: job.dependencies,
    tag_list: tagsOf(job, visible),
    variables,
    steps: steps(job),
    image: job.image,
    services: job.services,
    ...published(job, known),
    reports: job.reports,
    cache: job.cache.map((cache) => withKey(cache, digests)),
    timeout: job.timeout,
    ...(job.upstream !== undefined && { upstream: known.fill(job.upstream, 'blank') }),
    ...(job.hooks && { hooks: job.hooks }),
    ...(job.run && { run: job.run }),
    ...(job.id_tokens && { id_tokens: job.id_tokens }),
    ...(job.release && { release: job.release }),
    ...(job.inputs && { inputs: job.inputs }),
    ...(job.manual_confirmation !== undefined && { manual_confirmation: job.manual_confirmation }),
    position: job.position,
  };
  return { planned, loop: visible.problem, undecided: null };
}

/** With its variables filled in; null when nothing is left of it. */
function groupOf(job: JobConfig, ofRules: readonly Variable[], jobs: VariablesOfJobs): string | null {
  if (!job.resource_group) return null;
  return jobs.ofResourceGroup(job, ofRules).fill(job.resource_group, 'blank') || null;
}

/** With its variables filled in; nothing where there are none, which is what most jobs have. */
function crossDependencies(
  { cross_dependencies }: JobConfig,
  known: KnownVariables,
): Pick<PlannedJob, 'cross_dependencies'> {
  if (cross_dependencies.length === 0) return {};
  const fill = (text: string | null) => text && known.fill(text, 'blank');
  const filled = cross_dependencies.map((one) => ({
    ...one,
    pipeline: fill(one.pipeline),
    project: fill(one.project),
    ref: fill(one.ref),
    job: known.fill(one.job, 'blank'),
  }));
  return { cross_dependencies: filled };
}

/** The archive, which holds the site too if the job makes one. */
function published(
  { artifacts, pages }: JobConfig,
  known: KnownVariables,
): Pick<PlannedJob, 'artifacts' | 'pages'> {
  if (!pages) return { artifacts };
  const publish = known.fill(pages.publish, 'blank');
  const expire_in = pages.expire_in && known.fill(pages.expire_in, 'blank');
  const paths = artifacts?.paths ?? [];
  const all = paths.includes(publish) ? paths : [...paths, publish];
  return { artifacts: { ...artifacts, paths: all }, pages: { publish, expire_in } };
}

const tagsOf = ({ tags }: JobConfig, visible: KnownVariables): string[] =>
  tagList(tags.map((tag) => expand(tag, visible, { unknown: 'keep' })));

const NO_RULE: Omit<RuleOutcome, 'when'> = {
  start_in: null,
  allow_failure: null,
  interruptible: null,
  needs: null,
  auto_cancel: null,
  variables: [],
};

async function ruleOutcome(
  job: JobConfig,
  own_when: PlannedJob['when'],
  context: PolicyContext & { variables: KnownVariables },
  trials: Trial[],
): Promise<RuleOutcome | RuleError | null> {
  const { variables, view } = context;
  try {
    if (job.rules !== null) return await applyRules(job.rules, own_when, variables, view, trials);
    return (await policiesHold(job, context, trials)) ? { ...NO_RULE, when: own_when } : null;
  } catch (error) {
    if (error instanceof RuleError) return error;
    throw error;
  }
}

function steps(job: JobConfig): PlannedStep[] {
  if (job.kind === 'bridge' || job.run) return [];
  const script = [...job.before_script, ...job.script];
  const all: PlannedStep[] = [{ name: 'script', script, when: 'on_success', allow_failure: false }];
  if (job.release) {
    const lines = [releaseScript(job.release)];
    all.push({ name: 'release', script: lines, when: 'on_success', allow_failure: false });
  }
  if (job.after_script && job.after_script.length > 0) {
    all.push({ name: 'after_script', script: job.after_script, when: 'always', allow_failure: true });
  }
  return all;
}

function needsProblems(job: PlannedJob, planned: ReadonlySet<string>, limit: number): Problem[] {
  const { needs } = job;
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

/** Jobs that only the needs of their rules make wait for each other. Without this they would wait forever. */
function cycleOfRules(configs: readonly JobConfig[], jobs: readonly PlannedJob[]): Problem[] {
  if (!configs.some((job) => job.rules?.some((rule) => rule.needs !== null))) return [];
  const cycle = findCycle(jobs);
  return cycle ? [problemOf(cycle.job, 'needs', cycle.message)] : [];
}

function problemOf(
  job: Pick<PlannedJob, 'name' | 'position'>,
  code: 'logic' | 'needs' | 'tags' | 'variables',
  message: string,
): Problem {
  return problem(code, message, job.position, `jobs:${job.name}`);
}
