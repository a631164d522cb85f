import { digestKeyFiles } from './cache-key.ts';
import type { Config, WorkflowConfig } from './config.ts';
import { EDGE_STAGES } from './edge-stages.ts';
import { Explainer } from './explainer.ts';
import { extendAll } from './extends.ts';
import { include } from './include.ts';
import { type IncludedFile, ownPlace } from './included-file.ts';
import { KnownVariables } from './known-variables.ts';
import { checkLogic } from './logic.ts';
import { normalise } from './normalise.ts';
import type { AutoCancel, CompileInput, CompileLimits, CompileResult, Plan } from './plan.ts';
import { expandParallel } from './parallel.ts';
import { planJobs } from './plan-jobs.ts';
import { isKnownToInclude, isOfUser } from './predefined.ts';
import { CompileError, problem, refuse, type Position, type Problem } from './problem.ts';
import { resolveReferences } from './reference.ts';
import { RepositoryView, RuleError } from './repository-view.ts';
import { applyRules, type RuleOutcome, type RuleTrial } from './rules.ts';
import { askNobody } from './sources.ts';
import { type GivenVariables, givenVariables } from './stored-variable.ts';
import { mergeVariables, type Variable } from './variable.ts';
import type { YamlMapping } from './yaml-node.ts';
import { mappingOf } from './yaml-value.ts';

const ROOT_FILE = '.gitlab-ci.yml';
/** Characters of `workflow:name` with its variables filled in. */
const MAX_NAME = 255;
/** What one pipeline is given; the files that it includes may be given more. */
const MAX_INPUTS = 20;

const DEFAULT_LIMITS: CompileLimits = {
  max_yaml_size_bytes: 2 * 1024 * 1024,
  max_yaml_depth: 100,
  ci_max_includes: 150,
  ci_max_total_yaml_size_bytes: 314_572_800,
  ci_needs_size_limit: 50,
  ci_pipeline_size: 20_000,
};

const AUTO_CANCEL: AutoCancel = { on_new_commit: 'conservative', on_job_failure: 'none' };

type Failure = Exclude<CompileResult['outcome'], 'plan'>;

/**
 * The configuration of a commit as a pipeline that can be created, or why there is none. The same input gives the
 * same result; only `fetchFile`, `ask` and `lookUp` are waited for, and what
 * they throw comes through.
 */
export async function compile(input: CompileInput): Promise<CompileResult> {
  return await planRead(await readConfig(input), input);
}

/** The same for a configuration that was read with this input. `explainer` is told what decides. */
export async function planRead(
  read: Read,
  input: CompileInput,
  explainer: Explainer = new Explainer(input),
): Promise<CompileResult> {
  if (read.config === null) return read.failure;
  const { config, warnings, ...around } = read;
  try {
    return { ...(await plan(config, input, around, explainer)), warnings };
  } catch (error) {
    if (error instanceof CompileError) return failure('invalid', [error.problem], warnings);
    throw error;
  }
}

/** A configuration as far as it can be read. */
export type Read = {
  /** All files in one, extended, references resolved; null when it did not come to that. */
  merged: YamlMapping | null;
  /** The files that it includes; null as well. */
  includes: IncludedFile[] | null;
  /** Variables whose values stand in it, by `expand_vars`. */
  filledIn: ReadonlySet<Variable>;
  /** Keys that are written twice in one mapping: nothing that a pipeline is told, but its author may be. */
  repeated: Problem[];
} & (
  | { config: Config; given: GivenVariables; view: RepositoryView; warnings: Problem[]; failure: null }
  | { config: null; failure: CompileResult & { outcome: Failure } }
);

/**
 * The passes that look at the configuration alone, whatever pipeline there will be.
 * Waits and throws as `compile`.
 */
export async function readConfig(
  input: CompileInput,
  explainer: Explainer = new Explainer(input),
): Promise<Read> {
  const limits = limitsOf(input);
  const file = input.file ?? ROOT_FILE;
  const start = { file, line: 1, column: 1 };
  const source = await input.fetchFile(file);
  const view = new RepositoryView(input.lookUp);
  let merged: YamlMapping | null = null;
  let includes: IncludedFile[] | null = null;
  const unread: Problem[] = [];
  const repeated: Problem[] = [];
  const filledIn = new Set<Variable>();
  let warnings = unread;
  const refused = (outcome: Failure, problems: Problem[]): Read => ({
    merged,
    includes,
    filledIn,
    repeated,
    config: null,
    failure: failure(outcome, problems, warnings),
  });
  if (source === null) return refused('missing', [problem('missing', 'Missing CI config file', start)]);
  const { seen = () => {} } = input;
  seen(file, source);
  try {
    if (source.trim() === '') refuse('syntax', `Please provide content of ${ROOT_FILE}`, start);
    const { predefined, stored = [], variables } = input;
    const given = givenVariables(stored, variables, predefined.filter(isOfUser));
    const before = mergeVariables(
      predefined.filter(isKnownToInclude),
      givenVariables(stored, variables).in(null),
    );
    const { fetchFile, ask = askNobody } = input;
    const inputs = input.inputs ? mappingOf(input.inputs, start) : null;
    if (inputs && inputs.entries.size > MAX_INPUTS)
      refuse('inputs', `A pipeline takes ${MAX_INPUTS} inputs at most`, start);
    const files: IncludedFile[] = [];
    const own = ownPlace(input);
    const around = {
      fetchFile,
      ask,
      view,
      variables: before,
      filledIn,
      inputs,
      declared: input.declared,
      limits,
      explainer,
      own,
      included: files,
      seen,
      unread,
      repeated,
    };
    const included = await include(source, file, around);
    const missing = unread.length > 0 ? (found: Problem) => void unread.push(found) : undefined;
    merged = resolveReferences(extendAll(included, missing));
    // What was not read has left a hole.
    includes = files.filter(() => true);
    const normalised = normalise(merged);
    warnings = [...unread, ...normalised.warnings];
    if (normalised.config === null) return refused('invalid', normalised.problems);
    const config = expandParallel(normalised.config);
    checkLogic(config);
    return { merged, includes, filledIn, repeated, config, given, view, warnings, failure: null };
  } catch (error) {
    if (error instanceof CompileError) return refused('invalid', [error.problem]);
    throw error;
  }
}

const limitsOf = ({ limits }: CompileInput): CompileLimits => ({ ...DEFAULT_LIMITS, ...limits });

function failure(
  outcome: Failure,
  problems: Problem[],
  warnings: Problem[] = [],
): CompileResult & { outcome: Failure } {
  return { outcome, plan: null, problems: problems as [Problem, ...Problem[]], warnings };
}

/** What the rules leave of a valid configuration for this pipeline. */
async function plan(
  config: Config,
  input: CompileInput,
  { given, view }: { given: GivenVariables; view: RepositoryView },
  explainer: Explainer,
): Promise<CompileResult> {
  const { workflow } = config;
  const known = mergeVariables(input.predefined, config.variables, given.in(null));
  const outcome = await workflowOutcome(workflow, KnownVariables.of(known), view, explainer);
  if (outcome === null) {
    const message = 'The pipeline did not run. Review the workflow:rules configuration for the pipeline.';
    return nothing('filtered_by_workflow', message, workflow.position);
  }
  const variables = mergeVariables(config.variables, outcome.variables);
  const digests = await digestKeyFiles(
    config.jobs.flatMap((job) => job.cache),
    input.fetchFile,
    view,
  );
  const { predefined } = input;
  const around = { predefined, given, digests, view, explainer };
  const { jobs, problems } = await planJobs(config, variables, around, limitsOf(input));
  if (problems.length > 0) return failure('invalid', problems);
  if (jobs.every((job) => EDGE_STAGES.includes(job.stage))) {
    const message =
      'The resulting pipeline would have been empty. Review the rules configuration for the relevant jobs.';
    return nothing('empty', message, { ...workflow.position, line: 1, column: 1 });
  }
  const name =
    workflow.name === null
      ? null
      : pipelineName(workflow.name, mergeVariables(known, outcome.variables, given.in(null)));
  if (name !== null && name.length > MAX_NAME) {
    const message = `Failed to build pipeline metadata! Name is too long (maximum is ${MAX_NAME} characters)`;
    return failure('invalid', [problem('logic', message, workflow.position)]);
  }
  const auto_cancel = { ...AUTO_CANCEL, ...workflow.auto_cancel, ...outcome.auto_cancel };
  const result: Plan = { name, stages: config.stages, variables, auto_cancel, jobs };
  return { outcome: 'plan', plan: result, problems: [], warnings: [] };
}

const NO_WORKFLOW_RULES = { variables: [], auto_cancel: null };

async function workflowOutcome(
  { rules, position }: WorkflowConfig,
  variables: KnownVariables,
  view: RepositoryView,
  explainer: Explainer,
): Promise<Pick<RuleOutcome, 'variables' | 'auto_cancel'> | null> {
  const trials: RuleTrial[] = [];
  const told = (included: boolean, undecided?: string) =>
    explainer.workflow(position, included, {
      trials,
      variables,
      ...(undecided !== undefined && { undecided }),
    });
  try {
    const outcome = rules ? await applyRules(rules, 'always', variables, view, trials) : NO_WORKFLOW_RULES;
    told(outcome !== null);
    return outcome;
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    told(false, error.message);
    return refuse('logic', `Failed to parse rule for workflow: ${error.message}`, position, 'workflow');
  }
}

function nothing(
  outcome: 'filtered_by_workflow' | 'empty',
  message: string,
  position: Position,
): CompileResult {
  return failure(outcome, [problem(outcome, message, position)]);
}

/** Null when nothing is left of it. */
function pipelineName(written: string, variables: readonly Variable[]): string | null {
  return KnownVariables.of(variables).fill(written, 'blank').trim() || null;
}
