import { type Static, Type } from 'typebox';
import { allowsOnProject, type ProjectAbility, reaches } from '../access/permissions.ts';
import { breather } from '../artifacts/breathe.ts';
import { portions } from '../db/portions.ts';
import { apiError } from '../errors.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { JsonText, type ProjectCall, projectRoute, Reply, type Route } from '../http/route.ts';
import type { Asker } from '../jobs/allowed-actions.ts';
import { canCancel, canRetry, factsOf } from '../jobs/job-actions.ts';
import { findJobById } from '../jobs/job-store.ts';
import {
  latestNamed,
  type PipelineJob as JobRow,
  readAroundJobs,
  readPipelineJobs,
} from '../jobs/pipeline-job-store.ts';
import type { Parts } from '../parts.ts';
import { type LinkedPipeline as LinkedRow, readLinkedPipelines } from '../pipelines/linked-pipeline-store.ts';
import type { PipelineDetails as Pipeline } from '../pipelines/pipeline-store.ts';
import { readStoredCommits } from '../pipelines/stored-commit-store.ts';
import { mayUpdateRef } from '../projects/may-update-ref.ts';
import { storedCommit } from './entities/commit.ts';
import { linkedPipeline } from './entities/linked-pipeline.ts';
import { pipelineDetails } from './entities/pipeline.ts';
import { PIPELINE_BUTTONS, PipelineGraph, stagesOf } from './entities/pipeline-graph.ts';
import { PipelineJob, pipelineJob, type PipelineJobAround } from './entities/pipeline-job.ts';
import { askerOf } from './jobs.ts';
import { pipelineOf, withArchived } from './pipelines.ts';
import { viewerOf } from './reader.ts';

/** Jobs that are written out at once. */
const AT_ONCE = 250;

/** What a page about a pipeline draws, and what one about a job draws beside its log. */
export function pipelineGraphRoutes(parts: Parts): Route[] {
  const { db, url, clock } = parts;

  /** What stands around these jobs of the pipeline; `all` are the jobs that they may need. */
  const around = async (
    call: Who,
    pipeline: Pipeline,
    { jobs, all, linked }: { jobs: readonly JobRow[]; all: readonly Named[]; linked: readonly LinkedRow[] },
  ): Promise<PipelineJobAround> => ({
    ...(await readAroundJobs(db.read, jobs)),
    url: url(),
    projectUrl: `${url()}/${call.project.path_with_namespace}`,
    now: clock(),
    asker: await askerOn(parts, call, pipeline),
    byName: new Map(all.filter(({ retried }) => retried === 0).map(({ name, id }) => [name, id])),
    downstream: new Map(linked.map((each) => [each.upstream_job_id, each])),
  });

  const linkedTo = ({ caller }: Who, pipeline: Pipeline) =>
    readLinkedPipelines(db.read, pipeline, viewerOf(caller, clock()));

  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/pipelines/:pipeline_id/graph',
      summary: 'Get a pipeline with its stages, all jobs, what they need, and the pipelines around it',
      tag: 'Pipelines',
      ability: 'read_build',
      params: Type.Object({
        id: subjectId,
        pipeline_id: recordId(),
        include_retried: Type.Boolean({ default: false, description: 'Earlier attempts too' }),
      }),
      reply: PipelineGraph,
      handler: async (call) => {
        const { params, project } = call;
        const pipeline = await pipelineOf(db, project.id, params.pipeline_id);
        const wanted = { pipeline_id: pipeline.id, include_retried: params.include_retried };
        const [jobs, commits, { upstream, downstream }] = await Promise.all([
          readPipelineJobs(db.read, wanted, clock()),
          readStoredCommits(db.read, project.id, [pipeline.sha]),
          linkedTo(call, pipeline),
        ]);
        const jobAround = await around(call, pipeline, { jobs, all: jobs, linked: downstream });
        const commit = commits.get(pipeline.sha);
        const head: Omit<Static<typeof PipelineGraph>, 'jobs'> = {
          pipeline: pipelineDetails(withArchived(pipeline, parts), url(), project.path_with_namespace),
          commit: commit === undefined ? null : storedCommit(commit, pipeline.sha, jobAround.projectUrl),
          actions: pipelineActions(pipeline, jobs, jobAround.asker),
          upstream: upstream && linkedPipeline(upstream, url()),
          triggered: downstream
            .filter(({ upstream_job_id }) => upstream_job_id === null)
            .map((each) => linkedPipeline(each, url())),
          stages: stagesOf(jobs),
        };
        const text = `${JSON.stringify(head).slice(0, -1)},"jobs":[${await jobsText(jobs, jobAround)}]}`;
        return new Reply(200, new JsonText(text));
      },
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/jobs/:job_id/attempts',
      summary: 'List the jobs of the same name in the pipeline, the newest attempt first',
      tag: 'Jobs',
      ability: 'read_build',
      params: Type.Object({ id: subjectId, job_id: recordId() }),
      reply: Type.Array(PipelineJob),
      handler: async (call) => {
        const { params, project } = call;
        const job = await findJobById(db.read, params.job_id);
        if (!job) throw apiError('record_not_found');
        const { pipeline_id, name } = job;
        // Refuses what is another project's.
        const pipeline = await pipelineOf(db, project.id, pipeline_id);
        const wanted = { pipeline_id, name, include_retried: true };
        const jobs = await readPipelineJobs(db.read, wanted, clock());
        const needed = jobs.flatMap(({ needs }) => (needs ?? []).map((need) => need.name));
        const all = await latestNamed(db.read, pipeline_id, needed);
        const linked = job.kind === 'bridge' ? (await linkedTo(call, pipeline)).downstream : [];
        const jobAround = await around(call, pipeline, { jobs, all, linked });
        return jobs.toReversed().map((each) => pipelineJob(each, jobAround));
      },
    }),
  ];
}

type Who = Pick<ProjectCall<unknown>, 'caller' | 'project' | 'role'>;
type Named = Pick<JobRow, 'id' | 'name' | 'retried'>;

/** Who asks about the jobs of this pipeline. */
async function askerOn(
  parts: Pick<Parts, 'db' | 'clock' | 'limits'>,
  call: Who,
  { ref, tag }: Pipeline,
): Promise<Asker> {
  const { project, role } = call;
  const updates_ref = await mayUpdateRef(parts.db.read, project.id, role, { name: ref, tag: tag === 1 });
  return { ...askerOf(parts, call), updates_ref };
}

function pipelineActions(
  pipeline: Pipeline,
  jobs: readonly JobRow[],
  asker: Asker,
): (typeof PIPELINE_BUTTONS)[number][] {
  const may = (ability: ProjectAbility) => allowsOnProject(ability, asker.role, asker.project);
  const updates = asker.updates_ref && may('update_pipeline');
  const isOwn = pipeline.user !== null && pipeline.user.id === asker.user_id;
  const latest = jobs.filter(({ retried, kind }) => retried === 0 && kind !== 'external');
  const again = (job: JobRow) =>
    (job.status === 'failed' || job.status === 'canceled') && canRetry(factsOf(job, asker.archived_before));
  const allowed: Record<(typeof PIPELINE_BUTTONS)[number], boolean> = {
    retry: updates && latest.some(again),
    // What waits for somebody in one that has ended is no reason to cancel it.
    cancel:
      updates && canCancel(pipeline.status, false) && latest.some((job) => canCancel(job.status, false)),
    delete: may('destroy_pipeline'),
    rename: updates,
    prioritise: updates,
    read_variables: may('read_pipeline_variables') && (isOwn || reaches(asker.role, 'maintainer')),
  };
  return PIPELINE_BUTTONS.filter((button) => allowed[button]);
}

/** The jobs as the inside of a JSON array, others having their turn meanwhile. */
async function jobsText(jobs: readonly JobRow[], around: PipelineJobAround): Promise<string> {
  const breathe = breather();
  const inOrder = jobs.toSorted((one, other) => one.stage_idx - other.stage_idx || one.id - other.id);
  let text = '';
  for (const some of portions(inOrder, AT_ONCE)) {
    for (const job of some) text += `${text && ','}${JSON.stringify(pipelineJob(job, around))}`;
    await breathe();
  }
  return text;
}
