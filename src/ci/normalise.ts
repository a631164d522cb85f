import type { Config, JobConfig } from './config.ts';
import { readBridge } from './entries/bridge.ts';
import { readDefault, readInheritable, type Inheritable } from './entries/default.ts';
import { readJob } from './entries/job.ts';
import { DEFAULT_ONLY } from './entries/policy.ts';
import { alwaysAdds, ruleMappings } from './entries/rules.ts';
import { Scope } from './entries/scope.ts';
import { readStages } from './entries/script.ts';
import { ROOT_VARIABLE_KEYS, readVariables } from './entries/variables.ts';
import { readWorkflow } from './entries/workflow.ts';
import { problem, type Problem } from './problem.ts';
import { at, isBlank, type YamlEntry, type YamlMapping } from './yaml-node.ts';

/** Never a job, whatever it holds. `default` and `workflow` are jobs when they have a script. */
const RESERVED = [
  'include',
  'before_script',
  'image',
  'services',
  'after_script',
  'variables',
  'stages',
  'cache',
];
const NOT_JOBS = ['default', 'workflow'];
const DUPLICATE_PIPELINES =
  'may allow multiple pipelines to run for a single action due to `rules:when` clause with no `workflow:rules` - ' +
  'read more: https://docs.gitlab.com/ci/debugging/#pipeline-warnings';

export type Normalised =
  | { config: Config; problems: []; warnings: Problem[] }
  | { config: null; problems: Problem[]; warnings: Problem[] };

/**
 * The merged mapping as a configuration whose every entry is well-formed, with defaults inherited; or all that is
 * wrong with its entries, in GitLab's order.
 */
export function normalise(root: YamlMapping): Normalised {
  const scope = new Scope();
  const candidates = [...root.entries].filter(
    ([name, { value }]) =>
      !RESERVED.includes(name) && !(NOT_JOBS.includes(name) && kindOf(name, value) === null),
  );
  const setting = (name: string) =>
    candidates.some(([candidate]) => candidate === name) ? undefined : at(root, name);

  const inherited = readDefault(root, setting('default'), scope);
  const variables = readVariables(setting('variables'), scope.child('variables'), ROOT_VARIABLE_KEYS);
  const stages = readStages(setting('stages'), scope.child('stages'));
  const cached = readInheritable(root, scope, ['cache']);
  const workflowNode = setting('workflow');
  const workflow = workflowNode
    ? readWorkflow(workflowNode, scope.child('workflow'))
    : { name: null, rules: null, auto_cancel: {}, position: root.position };

  const read = readJobs(candidates, scope.child('jobs'), { ...inherited, ...cached }, root);
  const { problems } = scope;
  const hasWorkflowRules = workflowNode?.kind === 'mapping' && workflowNode.entries.has('rules');
  const warnings = hasWorkflowRules ? [] : read.flatMap(({ job, below }) => warningsOf(job, below, root));
  if (problems.length > 0) return { config: null, problems, warnings };
  const jobs = read.map(({ job }) => job);
  const decided = hasWorkflowRules ? jobs : jobs.map((job) => withDefaultOnly(job, root));
  return { config: { stages, variables, workflow, jobs: decided, unmade: [] }, problems: [], warnings };
}

type Kind = 'hidden' | 'job' | 'bridge';

function kindOf(name: string, value: YamlEntry['value']): Kind | null {
  if (name.startsWith('.')) return 'hidden';
  if (value.kind !== 'mapping') return null;
  if (value.entries.has('script') || value.entries.has('run')) return 'job';
  return value.entries.has('trigger') || value.entries.has('needs') ? 'bridge' : null;
}

function readJobs(
  candidates: [string, YamlEntry][],
  scope: Scope,
  inherited: Inheritable,
  root: YamlMapping,
): { job: JobConfig; below: Scope }[] {
  let visible = 0;
  for (const [name, { key, value }] of candidates) {
    const kind = kindOf(name, value);
    if (kind === null) {
      const words = `jobs ${humanized(name)} config should implement the script:, run:, or trigger: keyword`;
      scope.plainError(words.toLowerCase(), key.position);
    } else if (kind !== 'hidden') visible++;
  }
  if (visible === 0) scope.error('config', 'should contain at least one visible job', root.position);
  if (scope.failed) return [];
  return candidates.flatMap(([name, entry]) => {
    const below = scope.child(name, { kind: 'job' });
    const kind = kindOf(name, entry.value);
    if (kind === 'hidden') {
      if (isBlank(entry.value)) below.error('config', "can't be blank", entry.key.position);
      return [];
    }
    const job = (kind === 'job' ? readJob : readBridge)(name, entry, below, inherited);
    return job ? { job, below } : [];
  });
}

/** Only where neither the job nor the workflow has rules, be they null, does a job without `only` get one. */
function withDefaultOnly(job: JobConfig, root: YamlMapping): JobConfig {
  const node = root.entries.get(job.name)?.value;
  const hasRules = node?.kind === 'mapping' && node.entries.has('rules');
  return job.only || hasRules ? job : { ...job, only: DEFAULT_ONLY };
}

/** GitLab tells such a name in words, except when it has nothing but letters and underscores. */
function humanized(name: string): string {
  const words = name.replace(/^_+/, '').replace(/_id$/, '').replaceAll('_', ' ');
  return /^[a-z\s]+$/i.test(words) ? words.replaceAll(' ', '_') : words;
}

/** `below`: the place of the job, which has no warning of rules that are wrong. */
function warningsOf({ name }: JobConfig, below: Scope, root: YamlMapping): Problem[] {
  const node = root.entries.get(name)?.value;
  const rules = node?.kind === 'mapping' ? at(node, 'rules') : undefined;
  if (!rules || !alwaysAdds(ruleMappings(rules)?.at(-1)) || below.isWrong('rules')) return [];
  const path = `jobs:${name}`;
  return [problem('entry', `${path} ${DUPLICATE_PIPELINES}`, rules.position, path)];
}
