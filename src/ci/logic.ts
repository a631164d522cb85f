import { stronglyConnected } from './components.ts';
import type { Config, JobConfig } from './config.ts';
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
    checkNeeds(job, jobs, stageIndexes);
  }
  checkCycles(config.jobs);
}

function fail(job: JobConfig, message: string): never {
  refuse('logic', message, job.position, `jobs:${job.name}`);
}

function checkNeeds(
  job: JobConfig,
  jobs: ReadonlyMap<string, JobConfig>,
  stageIndexes: ReadonlyMap<string, number>,
): void {
  const names = new Set<string>();
  const repeated = new Set<string>();
  for (const { name, optional } of job.needs ?? []) {
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

function checkCycles(jobs: JobConfig[]): void {
  const graph = new Map(jobs.map((job) => [job.name, (job.needs ?? []).map((need) => need.name)]));
  for (const job of jobs) {
    if (!graph.get(job.name)?.includes(job.name)) continue;
    fail(job, `The pipeline has circular dependencies: self-dependency: ${job.name}`);
  }
  const cycle = stronglyConnected(graph).find((names) => names.length > 1);
  const first = jobs.find((job) => job.name === cycle?.[0]);
  if (!cycle || !first) return;
  const list = cycle.map((name) => `"${name}"`).join(', ');
  fail(first, `The pipeline has circular dependencies: topological sort failed: [${list}]`);
}
