import type { CompileInput, PlannedJob } from '../ci/plan.ts';
import { StartError } from '../errors.ts';
import type { Compile } from '../open-parts.ts';
import type { DraftResult, JobDraft, PipelineDraft } from '../pipelines/pipeline-draft.ts';
import { pickJobs, unknownJobs } from './pick-jobs.ts';

/** What becomes of the plans of a run, its children's too. */
export interface LocalPlan {
  /** Jobs of the run's own pipeline, with those they need; none: all. */
  wanted: readonly string[];
  /** Jobs that are started though they wait for somebody; they may be a child's. */
  manual: readonly string[];
  /** What the run's own pipeline is compiled with, were it on the server that it is like. */
  asThere: (input: CompileInput) => CompileInput;
  /** Told of each plan, with the jobs that will be run of it, and those that cannot be here. */
  planned: (jobs: readonly PlannedJob[], leftOut: readonly PlannedJob[]) => void;
  /** Told of the run's own configuration where no pipeline comes of it. */
  refused: (result: DraftResult) => void;
}

/**
 * Compiles for a run on somebody's machine: there is one runner, which takes jobs whatever their tags, and pipelines of
 * other projects are not begun.
 * @throws StartError for a job that is wanted and is not there
 */
export const compileLocally =
  (local: LocalPlan) =>
  (compile: Compile): Compile =>
  async (input) => {
    const isOwn = !input.predefined.some(
      ({ key, value }) => key === 'CI_PIPELINE_SOURCE' && value === 'parent_pipeline',
    );
    const result = await compile(local.asThere(input));
    if (result.outcome !== 'plan') {
      if (isOwn) local.refused(result);
      return result;
    }
    return { ...result, plan: change(result.plan, local, isOwn) };
  };

function change(plan: PipelineDraft, local: LocalPlan, isOwn: boolean): PipelineDraft {
  const all = plan.jobs.map((job) => ({ job, planned: plannedOf(job) }));
  const wanted = isOwn ? local.wanted : [];
  if (isOwn)
    refuseUnknown(
      all.map(({ planned }) => planned),
      local,
    );
  const names = all.map(({ planned }) => planned);
  const picked = wanted.length > 0 ? pickJobs(names, wanted) : null;
  const chosen = all.filter(({ planned }) => picked === null || picked.has(planned.name));
  const { here = [], elsewhere = [] } = Object.groupBy(chosen, ({ planned }) =>
    planned.trigger && planned.trigger.include === null ? 'elsewhere' : 'here',
  );
  local.planned(
    here.map(({ planned }) => planned),
    elsewhere.map(({ planned }) => planned),
  );
  return { ...plan, jobs: here.map(({ job }) => runnable(job, picked !== null)) };
}

function refuseUnknown(jobs: readonly PlannedJob[], { wanted, manual }: LocalPlan): void {
  const hasChildren = jobs.some(({ trigger }) => trigger !== null);
  const unknown = unknownJobs(jobs, hasChildren ? wanted : [...wanted, ...manual]);
  if (unknown.length === 0) return;
  const names = jobs.map(({ name }) => name).join(', ');
  throw new StartError(`The pipeline has no job ${unknown.join(', ')}; its jobs are ${names}.`);
}

/** All that the plan says of a job. */
const plannedOf = ({ spec }: JobDraft) => JSON.parse(spec) as PlannedJob;

/** `isPicked`: nothing has failed before a job that was picked for itself. */
function runnable(job: JobDraft, isPicked: boolean): JobDraft {
  const when = isPicked && job.columns.when === 'on_failure' ? 'always' : job.columns.when;
  return { ...job, columns: { ...job.columns, when, tag_list: '[]' } };
}
