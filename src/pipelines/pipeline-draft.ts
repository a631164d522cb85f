import type { Insertable } from 'kysely';
import type {
  CompileInput,
  CompileResult,
  EnvironmentSpec,
  PagesSpec,
  Plan,
  PlannedJob,
} from '../ci/plan.ts';
import { KnownVariables, SharedVariables } from '../ci/known-variables.ts';
import { isOfUser, jobVariables } from '../ci/predefined.ts';
import { CompileError, refuse } from '../ci/problem.ts';
import { givenVariables } from '../ci/stored-variable.ts';
import { mergeVariables, type Variable } from '../ci/variable.ts';
import type { Bit } from '../db/rows/column.ts';
import type { JobNeeds, Jobs } from '../db/rows/jobs.ts';
import type { JobSpec } from '../jobs/job-store.ts';
import type { ConfigurationDraft } from './configuration-draft.ts';
import type { ExplanationDraft } from './explanation-draft.ts';

/**
 * A plan as it is stored. It is made in the compiler's thread: a thousand jobs take long to be written as text, and
 * as text they come out of the thread much faster.
 */
export interface PipelineDraft extends Pick<Plan, 'name' | 'stages' | 'auto_cancel'> {
  jobs: JobDraft[];
}

export interface JobDraft {
  /** What of the job's row the plan says. */
  columns: Pick<
    Insertable<Jobs>,
    | 'kind'
    | 'name'
    | 'stage'
    | 'stage_idx'
    | 'allow_failure'
    | 'when'
    | 'scheduling_type'
    | 'tag_list'
    | 'interruptible'
  >;
  /** JSON of a JobSpec. */
  spec: string;
  needs: Omit<JobNeeds, 'job_id'>[];
  resource_group: string | null;
  environment: EnvironmentDraft | null;
  /** The site that it makes. */
  pages: PagesSpec | null;
}

/** Where a job wants to deploy to, variables filled in; none of it needs to be what it should. */
export interface EnvironmentDraft extends Pick<EnvironmentSpec, 'action' | 'on_stop'> {
  name: string;
  tier: string | undefined;
  auto_stop_in: string | undefined;
}

/** What a pipeline keeps of how it was made: why it is so, and the configuration. */
export interface KeptDraft {
  explanation: ExplanationDraft;
  configuration: ConfigurationDraft;
}

/** As CompileResult, with the draft of the plan; `kept` is absent where no pipeline keeps it, or it did not come to an end. */
export type DraftResult = { kept?: KeptDraft } & (
  | (Omit<Extract<CompileResult, { outcome: 'plan' }>, 'plan'> & { plan: PipelineDraft })
  | Exclude<CompileResult, { outcome: 'plan' }>
);

type Given = Pick<CompileInput, 'predefined' | 'stored' | 'variables'>;

/** What all jobs see, whatever their environment. */
interface Everywhere {
  predefined: readonly Variable[];
  /** Over those of the jobs. */
  given: readonly Variable[];
  shared: SharedVariables;
  isGiven: (each: Variable) => boolean;
}

/** Characters of all jobs of a pipeline as they are stored: about what the thread's memory holds. */
const MOST_CHARACTERS = 100_000_000;

/** `given`: what the result was compiled with. A plan that is too large to be stored is none. */
export function draftResult(result: CompileResult, given: Given): DraftResult {
  if (result.outcome !== 'plan') return result;
  try {
    return { ...result, plan: draftPipeline(result.plan, given) };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return { outcome: 'invalid', plan: null, problems: [error.problem], warnings: result.warnings };
  }
}

/** The plan as it is stored; see draftResult. @throws CompileError when it is too large */
export function draftPipeline({ name, stages, auto_cancel, jobs }: Plan, given: Given): PipelineDraft {
  // What the environment of a job decides cannot be in the environment's name.
  const users = given.predefined.filter(isOfUser);
  const { predefined } = given;
  const over = givenVariables(given.stored ?? [], given.variables, users).in(null);
  const keys = new Set(over.map(({ key }) => key));
  const shared = new SharedVariables(mergeVariables(predefined, over));
  const all = { predefined, given: over, shared, isGiven: ({ key }: Variable) => keys.has(key) };
  let left = MOST_CHARACTERS;
  const drafts = jobs.map((job) => {
    const draft = draftJob(job, all);
    left -= draft.spec.length;
    if (left < 0) refuse('logic', 'The parsed YAML is too big', job.position, `jobs:${job.name}`);
    return draft;
  });
  return { name, stages, auto_cancel, jobs: drafts };
}

const bit = (value: boolean): Bit => (value ? 1 : 0);

function draftJob(job: PlannedJob, given: Everywhere): JobDraft {
  const { kind, name, stage, stage_idx, when, scheduling_type, resource_group } = job;
  return {
    columns: {
      kind,
      name,
      stage,
      stage_idx,
      when,
      scheduling_type,
      allow_failure: bit(job.allow_failure),
      interruptible: bit(job.interruptible),
      tag_list: JSON.stringify(job.tag_list.toSorted()),
    },
    spec: JSON.stringify(job satisfies JobSpec),
    needs: job.needs.map((need) => ({
      name: need.name,
      artifacts: bit(need.artifacts),
      optional: bit(need.optional),
    })),
    resource_group,
    environment: draftEnvironment(job, given),
    pages: job.pages ?? null,
  };
}

/** Unknown variables are filled in with nothing. Null: none. */
function draftEnvironment(job: PlannedJob, given: Everywhere): EnvironmentDraft | null {
  if (!job.environment) return null;
  const { name, deployment_tier, auto_stop_in, action, on_stop } = job.environment;
  const known = variablesOf(job, given);
  const fill = (text: string | null) => (text && known.fill(text, 'blank')) || undefined;
  return {
    name: fill(name) ?? '',
    tier: fill(deployment_tier),
    auto_stop_in: fill(auto_stop_in),
    action,
    on_stop,
  };
}

function variablesOf(job: PlannedJob, { predefined, given, shared, isGiven }: Everywhere): KnownVariables {
  const own = [...jobVariables(job), ...job.variables];
  return new KnownVariables(
    shared,
    own.filter((each) => !isGiven(each)),
    () => mergeVariables(predefined, own, given),
  );
}
