import { findCycle } from './cycle.ts';
import type { Config, JobConfig } from './config.ts';
import { namedPlace, type Naming } from './named-place.ts';
import type { PlannedNeed } from './plan.ts';
import { refuse } from './problem.ts';
import { at, isBlank } from './yaml-node.ts';

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
      fail(job, `${job.name} job: chosen stage ${job.stage} does not exist; available stages are ${list}`, [
        'stage',
        job.stage,
      ]);
    }
    for (const name of job.dependencies ?? []) checkEarlier(job, name, 'dependencies', jobs, stageIndexes);
    for (const needs of [job.needs, ...(job.rules ?? []).map((rule) => rule.needs)]) {
      checkNeeds(job, needs ?? [], jobs, stageIndexes);
    }
    for (const include of job.trigger?.include ?? []) {
      if (include.job !== undefined) checkEarlier(job, include.job, 'trigger', jobs, stageIndexes);
    }
    checkOnStop(job, jobs);
    checkPages(job);
  }
  for (const job of config.jobs) {
    if (job.name.length > MAX_NAME)
      fail(job, `jobs:${job.name} name is too long (maximum is ${MAX_NAME} characters)`);
  }
  const cycle = findCycle(config.jobs);
  if (cycle) fail(cycle.job, cycle.message);
}

/** `about`: what of the job is wrong, which is told where it is written. */
function fail(job: JobConfig, message: string, about?: [naming: Naming, name: string]): never {
  const place = about ? namedPlace(job.written, ...about) : null;
  refuse('logic', message, place ?? job.position, `jobs:${job.name}`);
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
    checkEarlier(job, name, 'needs', jobs, stageIndexes);
  }
  const [first] = repeated;
  if (first !== undefined)
    fail(job, `${job.name} has the following needs duplicated: ${[...repeated].join(', ')}.`, [
      'needs',
      first,
    ]);
}

function checkEarlier(
  job: JobConfig,
  name: string,
  naming: 'needs' | 'dependencies' | 'trigger',
  jobs: ReadonlyMap<string, JobConfig>,
  stageIndexes: ReadonlyMap<string, number>,
): void {
  const kind = naming === 'needs' ? 'need' : 'dependency';
  const other = jobs.get(name);
  if (!other) fail(job, `${job.name} job: undefined ${kind}: ${name}`, [naming, name]);
  if (kind === 'need' && name.length > MAX_NAME) {
    const message = `${job.name} job: need \`${name}\` name is too long (maximum is ${MAX_NAME} characters)`;
    fail(job, message, [naming, name]);
  }
  const own = stageIndexes.get(job.stage) ?? 0;
  const others = stageIndexes.get(other.stage);
  if (others === undefined || others > own) {
    fail(job, `${job.name} job: ${kind} ${name} is not defined in current or prior stages`, [naming, name]);
  }
}

/** The job that stops an environment has to be there, and to say that it does. */
function checkOnStop(job: JobConfig, jobs: ReadonlyMap<string, JobConfig>): void {
  const { environment } = job;
  if (!environment?.on_stop) return;
  const { on_stop } = environment;
  const other = jobs.get(on_stop);
  const refuseIt = (what: string) =>
    fail(job, `${job.name} job: on_stop job ${on_stop} ${what}`, ['on_stop', on_stop]);
  if (!other) return refuseIt('is not defined');
  if (!other.environment) return refuseIt('does not have environment defined');
  if (other.environment.name !== environment.name) return refuseIt('have different environment name');
  if (other.environment.action !== 'stop') refuseIt('needs to have action stop defined');
}

/** The folder of a site is said once. */
function checkPages(job: JobConfig): void {
  const pages = at(job.written, 'pages');
  const publish = at(job.written, 'publish');
  if (!publish || isBlank(publish) || pages?.kind !== 'mapping' || !pages.entries.has('publish')) return;
  const message = `${job.name} job: use either ${job.name}:publish or ${job.name}:pages:publish`;
  refuse('logic', message, publish.position, `jobs:${job.name}`);
}
