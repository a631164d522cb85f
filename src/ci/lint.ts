import { planRead, readConfig } from './compile.ts';
import type { JobConfig } from './config.ts';
import type { CompileInput, PlannedJob, PlannedNeed } from './plan.ts';
import type { Problem } from './problem.ts';
import { toYaml } from './to-yaml.ts';

/** What is wrong with a configuration, and what comes of it. */
export interface LintResult {
  valid: boolean;
  errors: Problem[];
  warnings: Problem[];
  /** The configuration in one; null where it cannot even be read. */
  merged_yaml: string | null;
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
  needs: PlannedNeed[] | null;
}

/**
 * Looks at the configuration alone, all its jobs whatever their rules say; with `dry_run` also at the pipeline that
 * would be created now.
 */
export async function lint(input: CompileInput, { dry_run }: { dry_run: boolean }): Promise<LintResult> {
  const read = await readConfig(input);
  const merged_yaml = read.merged && toYaml(read.merged);
  if (read.config === null) {
    const { problems, warnings } = read.failure;
    return { valid: false, errors: problems, warnings, merged_yaml, jobs: [] };
  }
  const { config, warnings } = read;
  if (!dry_run)
    return { valid: true, errors: [], warnings, merged_yaml, jobs: config.jobs.map((job) => written(job)) };
  const { plan, problems } = await planRead(read, input);
  const configs = new Map(config.jobs.map((job) => [job.name, job]));
  const jobs = (plan?.jobs ?? []).flatMap((job) => {
    const of = configs.get(job.name);
    return of ? written(of, job) : [];
  });
  return { valid: plan !== null, errors: problems, warnings, merged_yaml, jobs };
}

/** `planned`: as it is in the pipeline. */
function written(job: JobConfig, planned?: PlannedJob): LintJob {
  const { name, stage, before_script, script, after_script, environment, tags, when, allow_failure, needs } =
    job;
  return {
    name,
    stage,
    before_script,
    script,
    after_script: after_script ?? [],
    tag_list: planned?.tag_list ?? tags,
    environment: environment?.name ?? null,
    when: planned?.when ?? when ?? 'on_success',
    allow_failure: planned?.allow_failure ?? allow_failure ?? when === 'manual',
    needs: planned?.needs ?? needs,
  };
}
