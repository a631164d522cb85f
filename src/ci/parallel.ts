import type { Config, JobConfig, Matrix, NeedConfig, Parallel, RuleConfig } from './config.ts';
import { namedPlace } from './named-place.ts';
import type { CrossDependency } from './plan.ts';
import { refuse } from './problem.ts';
import { mergeVariables, variable } from './variable.ts';

/** What jobs and their needs may be in all once they are written out, so that few lines cannot fill the memory. */
const MOST_ITEMS = 500_000;

/** One of the jobs that `parallel` makes of one. */
interface Instance {
  name: string;
  /** From 1. */
  index: number;
  total: number;
  /** Of a matrix. */
  values: ReadonlyMap<string, string>;
}

/**
 * The configuration with every job of `parallel` written out: `NAME 1/3`, `NAME: [a, b]`. What needs the job, or
 * depends on it, by the name it had gets all of them in its place. Of two jobs with one name the later stays.
 */
export function expandParallel(config: Config): Config {
  const instances = new Map<string, Instance[]>();
  for (const job of config.jobs) {
    if (job.parallel) instances.set(job.name, instancesOf(job.name, job.parallel));
  }
  let items = 0;
  const spend = (job: JobConfig, count: number) => {
    items += count;
    if (items > MOST_ITEMS) refuse('logic', 'The parsed YAML is too big', job.position, `jobs:${job.name}`);
  };
  const jobs = new Map<string, JobConfig>();
  const unmade: Config['unmade'] = [];
  const make = (job: JobConfig) => {
    const earlier = jobs.get(job.name);
    if (earlier) unmade.push({ job: earlier, because: 'same_name' });
    jobs.set(job.name, job);
  };
  for (const job of config.jobs) {
    if (instances.get(job.name)?.length === 0) unmade.push({ job, because: 'empty_parallel' });
    // One list for all instances, unless their variables stand in it.
    const same = resolve(job, instances, spend);
    for (const instance of instances.get(job.name) ?? [null]) {
      spend(job, 1);
      if (instance === null) make(same);
      else {
        const own = mentionsMatrix(job) ? { ...job, ...withValues(job, instance.values) } : null;
        const resolved = own ? resolve(own, instances, spend) : same;
        make(asInstance(resolved, instance));
      }
    }
  }
  return { ...config, jobs: [...jobs.values()], unmade };
}

function instancesOf(name: string, parallel: Parallel): Instance[] {
  if ('number' in parallel) {
    const { number: total } = parallel;
    return Array.from({ length: total }, (_, at) => {
      return { name: `${name} ${at + 1}/${total}`, index: at + 1, total, values: new Map() };
    });
  }
  const combinations = combinationsOf(parallel.matrix);
  return combinations.map((values, at) => {
    return { name: matrixName(name, values), index: at + 1, total: combinations.length, values };
  });
}

const matrixName = (name: string, values: ReadonlyMap<string, string>) =>
  `${name}: [${[...values.values()].join(', ')}]`;

/** The last key varies fastest. */
function combinationsOf(matrix: Matrix): Map<string, string>[] {
  return matrix.flatMap((axes) => {
    let combinations = [new Map<string, string>()];
    for (const [key, values] of axes) {
      combinations = combinations.flatMap((each) => values.map((value) => new Map([...each, [key, value]])));
    }
    return combinations;
  });
}

function asInstance(job: JobConfig, { name, index, total, values }: Instance): JobConfig {
  const own = [...values].map(([key, value]) => variable(key, value));
  return {
    ...job,
    name,
    variables: mergeVariables(job.variables, own),
    parallel: null,
    instance: { index, total },
  };
}

type Spend = (job: JobConfig, count: number) => void;

/** The job with its needs and dependencies naming the jobs that there are. */
function resolve(job: JobConfig, instances: ReadonlyMap<string, Instance[]>, spend: Spend): JobConfig {
  const needs = (list: NeedConfig[] | null) => list && list.flatMap((need) => needsOf(need, instances));
  const rules = job.rules?.map((rule): RuleConfig => ({ ...rule, needs: needs(rule.needs) })) ?? null;
  const resolved: JobConfig = {
    ...job,
    needs: needs(job.needs),
    rules: rules?.some((rule) => rule.needs) ? rules : job.rules,
    dependencies:
      job.dependencies &&
      job.dependencies.flatMap((name) => instances.get(name)?.map((each) => each.name) ?? name),
  };
  const lists = [resolved.needs, resolved.dependencies, ...(rules ?? []).map((rule) => rule.needs)];
  spend(
    job,
    lists.reduce((sum, list) => sum + (list?.length ?? 0), 0),
  );
  return resolved;
}

function needsOf(
  { parallel, ...need }: NeedConfig,
  instances: ReadonlyMap<string, Instance[]>,
): NeedConfig[] {
  const all = instances.get(need.name);
  if (!all) return [need];
  const names = parallel
    ? combinationsOf(parallel).map((values) => matrixName(need.name, values))
    : all.map((each) => each.name);
  return names.map((name) => ({ ...need, name }));
}

const MATRIX_VALUE = /\$\[\[\s*matrix\.([\w-]+)\s*\]\]/g;

type Needs = Pick<JobConfig, 'needs' | 'cross_dependencies'>;

/** Whether `$[[ matrix.NAME ]]` may stand in it. */
const mentionsMatrix = ({ needs, cross_dependencies }: Needs): boolean =>
  cross_dependencies.some(mentions) ||
  (needs?.some(
    ({ name, parallel }) =>
      name.includes('$[[') ||
      parallel?.some((axes) => [...axes.values()].flat().some((value) => value.includes('$[['))),
  ) ??
    false);

const mentions = ({ pipeline, project, ref, job }: CrossDependency) =>
  [pipeline, project, ref, job].some((text) => text?.includes('$[['));

/** The needs of one instance: `$[[ matrix.NAME ]]` stands for its value. */
function withValues(job: JobConfig, values: ReadonlyMap<string, string>): Needs {
  const fill = (text: string) =>
    text.replace(MATRIX_VALUE, (_, key: string) => {
      const value = values.get(key);
      if (value !== undefined) return value;
      const message = `${job.name} job: '${key}' does not exist in matrix configuration`;
      const place = namedPlace(job.written, 'needs', text) ?? job.position;
      return refuse('logic', message, place, `jobs:${job.name}`);
    });
  const filled = (axes: ReadonlyMap<string, string[]>) =>
    new Map([...axes].map(([key, list]) => [key, list.map(fill)]));
  const needs =
    job.needs &&
    job.needs.map(({ name, parallel, ...need }) => ({
      ...need,
      name: fill(name),
      ...(parallel && { parallel: parallel.map(filled) }),
    }));
  const orNull = (text: string | null) => text && fill(text);
  const cross_dependencies = job.cross_dependencies.map((each) => ({
    ...each,
    job: fill(each.job),
    pipeline: orNull(each.pipeline),
    project: orNull(each.project),
    ref: orNull(each.ref),
  }));
  return { needs, cross_dependencies };
}
