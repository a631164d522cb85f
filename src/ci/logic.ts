import { findCycle } from './cycle.ts';
import type { Config, JobConfig } from './config.ts';
import type { PlannedNeed } from './plan.ts';
import { refuse } from './problem.ts';

const MAX_NAME = 255;

/** What no entry can see alone: stages, dependencies and needs have to exist. Stops at the first problem. */
export function checkLogic(config: Config): void {
  const jobs = new Map(config.jobs.map((job) => [job.name, job]));
  const stageIndexes = new Map(
    [...config.stages.entries()].toReversed().map(([index, stage]) => [stage, index]),
  );
  for (const job of config.jobs) {
    if (!stageIndexes.has(job.stage)) {
      const list = config.stages.join(', ');
      fail(job, `${job.name} job: chosen stage ${job.stage} does not exist; available stages are ${list}`);
    }
    for (const name of job.dependencies ?? []) checkEarlier(job, name, 'dependency', jobs, stageIndexes);
    for (const needs of [job.needs, ...(job.rules ?? []).map((rule) => rule.needs)]) {
      checkNeeds(job, needs ?? [], jobs, stageIndexes);
    }
    for (const include of job.trigger?.include ?? []) {
      if (include.job !== undefined) checkEarlier(job, include.job, 'dependency', jobs, stageIndexes);
    }
    checkOnStop(job, jobs);
  }
  for (const job of config.jobs) {
    if (job.name.length > MAX_NAME)
      fail(job, `jobs:${job.name} name is too long (maximum is ${MAX_NAME} characters)`);
  }
  const cycle = findCycle(config.jobs);
  if (cycle) fail(cycle.job, cycle.message);
}

function fail(job: JobConfig, message: string): never {
  refuse('logic', message, job.position, `jobs:${job.name}`);
}

function checkNeeds(
  job: JobConfig,
  needs: readonly PlannedNeed[],
  jobs: ReadonlyMap<string, JobConfig>,
  stageIndexes: ReadonlyMap<string, number>,
): void {
  const names = new Set<string>();
  const repeated = new Set<string>();
  for (const { name, optional } of needs) {
    if (names.has(name)) repeated.add(name);
    names.add(name);
    if (optional && !jobs.has(name)) continue;
    checkEarlier(job, name, 'need', jobs, stageIndexes);
  }
  if (repeated.size > 0)
    fail(job, `${job.name} has the following needs duplicated: ${[...repeated].join(', ')}.`);
}

function checkEarlier(
  job: JobConfig,
  name: string,
  kind: 'need' | 'dependency',
  jobs: ReadonlyMap<string, JobConfig>,
  stageIndexes: ReadonlyMap<string, number>,
): void {
  const other = jobs.get(name);
  if (!other) fail(job, `${job.name} job: undefined ${kind}: ${name}`);
  if (kind === 'need' && name.length > MAX_NAME) {
    fail(job, `${job.name} job: need \`${name}\` name is too long (maximum is ${MAX_NAME} characters)`);
  }
  const own = stageIndexes.get(job.stage) ?? 0;
  const others = stageIndexes.get(other.stage);
  if (others === undefined || others > own) {
    fail(job, `${job.name} job: ${kind} ${name} is not defined in current or prior stages`);
  }
}

/** The job that stops an environment has to be there, and to say that it does. */
function checkOnStop(job: JobConfig, jobs: ReadonlyMap<string, JobConfig>): void {
  const { environment } = job;
  if (!environment?.on_stop) return;
  const other = jobs.get(environment.on_stop);
  const about = `${job.name} job: on_stop job ${environment.on_stop}`;
  if (!other) fail(job, `${about} is not defined`);
  if (!other.environment) fail(job, `${about} does not have environment defined`);
  if (other.environment.name !== environment.name) fail(job, `${about} have different environment name`);
  if (other.environment.action !== 'stop') fail(job, `${about} needs to have action stop defined`);
}
