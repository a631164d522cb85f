import type { JobConfig } from '../config.ts';
import { readPattern } from '../expression.ts';
import type { When } from '../plan.ts';
import {
  at,
  isBlank,
  isBoolean,
  isString,
  type YamlEntry,
  type YamlMapping,
  type YamlNode,
} from '../yaml-node.ts';
import { readAllowFailure } from './allow-failure.ts';
import {
  checkExclusive,
  checkKeys,
  optionalString,
  optionalStrings,
  readDuration,
  stringsIn,
} from './checks.ts';
import { DEFAULT_KEYS, JOB_DEFAULT_KEYS, readInheritable, type Inheritable } from './default.ts';
import { inherits } from './inherit.ts';
import { readJobInputs } from './job-inputs.ts';
import type { Needs } from './needs.ts';
import { isPagesJob, readPages } from './pages.ts';
import { readParallel } from './parallel.ts';
import {
  checkProcessable,
  checkWhen,
  PROCESSABLE_KEYS,
  readOwnNeeds,
  readProcessable,
} from './processable.ts';
import type { Scope } from './scope.ts';
import { readRelease } from './release.ts';
import { readRun } from './run.ts';
import { readScript } from './script.ts';

const words = (text: string) => text.split(' ');
const KEYS = [
  ...DEFAULT_KEYS,
  ...PROCESSABLE_KEYS,
  ...words(
    'script start_in dependencies coverage parallel release pages publish inputs run manual_confirmation',
  ),
];
const PAID = [...words('secrets'), ...words('identity dast_configuration')];
const NOT_WITH_RUN = ['script', 'before_script', 'after_script'];
const WHEN: readonly string[] = ['on_success', 'on_failure', 'always', 'manual', 'delayed'] satisfies When[];
const LONGEST_DELAY_SECONDS = 7 * 24 * 60 * 60;

/**
 * One job with what it inherits, or null when something at its own level is wrong. Mistakes below that level are
 * told too, but leave the rest readable.
 */
export function readJob(
  name: string,
  entry: YamlEntry,
  scope: Scope,
  inherited: Inheritable,
): JobConfig | null {
  const node = entry.value as YamlMapping;
  const { start_in, ...told } = checkOwnLevel(name, entry, node, scope);
  if (scope.failed) return null;

  const { common, inherit } = readProcessable(name, entry, scope, inherited);
  const [first, ...rest] = JOB_DEFAULT_KEYS;
  const before = readInheritable(node, scope, [first]);
  const script = at(node, 'script');
  const lines = script ? readScript(script, scope.child('script')) : [];
  const own = { ...before, ...readInheritable(node, scope, rest) };
  const taken = Object.entries(inherited).filter(([key]) => inherits(inherit.default, key));
  const effective: Inheritable = { ...Object.fromEntries(taken), ...own };

  const needs = readOwnNeeds(node, scope, 'cross');
  const coverage = at(node, 'coverage');
  const release = at(node, 'release');
  const released = release && readRelease(release, scope.child('release'));
  const pages = readPages(name, node, scope);
  const given = at(node, 'inputs');
  const inputs = given && readJobInputs(given, scope.child('inputs'));
  const parallel = at(node, 'parallel');
  const allowFailure = at(node, 'allow_failure');
  return {
    ...common,
    kind: 'build',
    start_in,
    coverage: coverage ? readCoverage(coverage, scope.child('coverage')) : null,
    parallel: parallel ? readParallel(parallel, scope.child('parallel'), { number: true }) : null,
    instance: null,
    ...readAllowFailure(allowFailure, scope.child('allow_failure')),
    retry: effective.retry ?? null,
    trigger: null,
    needs: needs && needs.jobs,
    cross_dependencies: needs?.cross ?? [],
    dependencies: readDependencies(node, needs, scope),
    tags: effective.tags ?? [],
    before_script: effective.before_script ?? [],
    script: lines,
    after_script: effective.after_script ?? null,
    image: effective.image ?? null,
    services: effective.services ?? [],
    artifacts: effective.artifacts?.archive ?? null,
    reports: effective.artifacts?.reports ?? [],
    cache: effective.cache ?? [],
    // As with GitLab, `default:timeout` is checked and then used for nothing.
    timeout: own.timeout ?? null,
    ...(effective.hooks && { hooks: effective.hooks }),
    ...(released && { release: released }),
    ...(pages && { pages }),
    ...(inputs && { inputs }),
    ...(effective.id_tokens && { id_tokens: effective.id_tokens }),
    ...told,
  };
}

/** What is read where the job's own level is checked; `start_in` in seconds. */
type OwnLevel = Pick<JobConfig, 'start_in' | 'run' | 'manual_confirmation'>;

/** What GitLab checks of a job before it looks into its values. */
function checkOwnLevel(name: string, entry: YamlEntry, node: YamlMapping, scope: Scope): OwnLevel {
  checkProcessable(name, entry, scope);
  checkKeys(node, scope, KEYS, PAID);
  for (const each of NOT_WITH_RUN) checkExclusive(node, scope, [each, 'run']);
  const script = at(node, 'script');
  if (node.entries.has('script') && (!script || isBlank(script))) {
    scope.error('script', "can't be blank", (script ?? node).position);
  }
  checkWhen(node, scope, WHEN);
  optionalStrings(at(node, 'dependencies'), 'dependencies', scope);

  const allowFailure = at(node, 'allow_failure');
  if (allowFailure && allowFailure.kind !== 'mapping' && !isBoolean(allowFailure)) {
    scope.error('allow_failure', 'should be a hash or a boolean value', allowFailure.position);
  }
  const confirmation = optionalString(at(node, 'manual_confirmation'), 'manual_confirmation', scope);
  const run = at(node, 'run');
  const steps = run ? readRun(run, scope) : [];
  const when = at(node, 'when');
  const isDelayed = when !== undefined && isString(when) && when.value === 'delayed';
  const startIn = at(node, 'start_in');
  const seconds = isDelayed
    ? readDuration(startIn, 'start_in', scope, { within: node, limit: LONGEST_DELAY_SECONDS })
    : null;
  if (startIn && (!isDelayed || node.entries.has('rules'))) {
    scope.error('start_in', 'must be blank', startIn.position);
  }
  const publish = at(node, 'publish');
  if (publish && !isBlank(publish) && !isPagesJob(name, node))
    scope.error('publish', 'can only be used within a `pages` job', publish.position);
  return {
    start_in: seconds,
    ...(node.entries.has('run') && { run: steps }),
    ...(confirmation !== null && { manual_confirmation: confirmation }),
  };
}

function readCoverage(node: YamlNode, scope: Scope): string | null {
  const pattern = isString(node) ? readPattern(node.value) : null;
  if (pattern === null) scope.error('config', 'must be a regular expression with re2 syntax', node.position);
  return pattern;
}

function readDependencies(node: YamlMapping, needs: Needs | null, scope: Scope): string[] | null {
  const written = at(node, 'dependencies');
  const dependencies = written ? stringsIn(written) : null;
  if (!dependencies || dependencies.length === 0 || !needs) return dependencies;
  if (needs.jobs.length === 0 && needs.cross.length > 0) {
    const message = 'corresponding to dependencies must be from the same pipeline';
    scope.error('needs', message, node.position);
  } else if (needs.jobs.length > 0) {
    const missing = dependencies.filter((each) => !needs.jobs.some((need) => need.name === each));
    if (missing.length > 0) {
      scope.error('dependencies', `the ${missing.join(', ')} should be part of needs`, node.position);
    }
  }
  return dependencies;
}
