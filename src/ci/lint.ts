import { planRead, type Read, readConfig } from './compile.ts';
import type { Config, JobConfig, PolicyConfig } from './config.ts';
import { Explainer } from './explainer.ts';
import type { Explanation } from './explanation.ts';
import type { IncludedFile } from './included-file.ts';
import type { CompileInput, Plan, PlannedJob, PlannedNeed } from './plan.ts';
import type { Problem } from './problem.ts';
import { withEdgeStages } from './edge-stages.ts';
import { toYaml } from './to-yaml.ts';

/** What is wrong with a configuration, and what comes of it. */
export interface LintResult {
  valid: boolean;
  errors: Problem[];
  warnings: Problem[];
  /** The configuration in one; null where it cannot even be read. */
  merged_yaml: string | null;
  includes: IncludedFile[] | null;
  /** Stage by stage. */
  jobs: LintJob[];
}

export interface LintJob {
  name: string;
  stage: string;
  before_script: string[];
  script: string[];
  after_script: string[];
  tag_list: string[];
  /** Its name, as written. */
  environment: string | null;
  when: string;
  allow_failure: boolean;
  /** Of a configuration alone: in a pipeline they have been decided. */
  only?: LintPolicy | null;
  except?: LintPolicy | null;
  needs?: PlannedNeed[] | null;
}

/** `only` and `except` as written, in the form of a map. */
export interface LintPolicy {
  refs?: string[];
  kubernetes?: 'active';
  variables?: string[];
  changes?: string[];
}

/**
 * Looks at the configuration alone, all its jobs whatever their rules say; with `dry_run` also at the pipeline that
 * would be created now.
 */
export async function lint(input: CompileInput, { dry_run }: { dry_run: boolean }): Promise<LintResult> {
  if (dry_run) return (await lintExplained(input)).lint;
  const read = await readConfig(input);
  if (read.config === null) return refusedRead(read);
  const warnings = [...read.repeated, ...read.warnings];
  return { valid: true, errors: [], warnings, ...readInOne(read), jobs: writtenJobs(read.config) };
}

/** The same of the pipeline that would be created now, and why it would have the jobs that it would. */
export async function lintExplained(
  input: CompileInput,
): Promise<{ lint: LintResult; explanation: Explanation }> {
  const explainer = new Explainer(input);
  const read = await readConfig(input, explainer);
  const result = await planRead(read, input, explainer);
  const explanation = explainer.explain(read.config, result);
  if (read.config === null) return { lint: refusedRead(read), explanation };
  const { plan, problems } = result;
  const warnings = [...read.repeated, ...result.warnings];
  const jobs = plan ? plannedJobs(read.config, plan) : [];
  return {
    lint: { valid: plan !== null, errors: problems, warnings, ...readInOne(read), jobs },
    explanation,
  };
}

const readInOne = ({ merged, includes }: Read) => ({
  merged_yaml: merged && toYaml(withEdgeStages(merged)),
  includes,
});

function refusedRead(read: Extract<Read, { config: null }>): LintResult {
  const warnings = [...read.repeated, ...read.failure.warnings];
  return { valid: false, errors: read.failure.problems, warnings, ...readInOne(read), jobs: [] };
}

function writtenJobs({ jobs, stages }: Config): LintJob[] {
  return byStage(jobs, stages).map((job) => ({
    ...steps(job),
    tag_list: job.tags,
    environment: job.environment?.name ?? null,
    when: job.when ?? 'on_success',
    allow_failure: job.allow_failure ?? job.when === 'manual',
    only: written(job.only),
    except: written(job.except),
    needs: job.needs,
  }));
}

function plannedJobs({ jobs }: Config, plan: Plan): LintJob[] {
  const configs = new Map(jobs.map((job) => [job.name, job]));
  return byStage(plan.jobs, plan.stages).flatMap(({ name, tag_list, when, allow_failure }: PlannedJob) => {
    const job = configs.get(name);
    if (!job) return [];
    return { ...steps(job), tag_list, environment: job.environment?.name ?? null, when, allow_failure };
  });
}

const steps = ({ name, stage, before_script, script, after_script }: JobConfig) => ({
  name,
  stage,
  before_script,
  script,
  after_script: after_script ?? [],
});

function byStage<T extends { stage: string }>(jobs: readonly T[], stages: readonly string[]): T[] {
  const groups = Map.groupBy(jobs, ({ stage }) => stage);
  return [...new Set(stages)].flatMap((stage) => groups.get(stage) ?? []);
}

function written(policy: PolicyConfig | null): LintPolicy | null {
  if (policy === null) return null;
  const { refs, kubernetes, variables, changes } = policy;
  return {
    ...(refs && { refs }),
    ...(kubernetes && { kubernetes: 'active' }),
    ...(variables && { variables: variables.map(({ text }) => text) }),
    ...(changes && { changes }),
  };
}
