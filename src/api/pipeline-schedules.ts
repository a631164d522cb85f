import { type Static, Type } from 'typebox';
import { reaches } from '../access/permissions.ts';
import { type ApiError, apiError, badParameters, invalidRecord, notFound } from '../errors.ts';
import { findRef } from '../git/find-ref.ts';
import type { Repository } from '../git/repository.ts';
import { findBranchTip, findTagCommit } from '../git/revision.ts';
import { pageParams, pageReply, pageRequest, placeOf } from '../http/paging.ts';
import { filled, recordId, subjectId } from '../http/parameters.ts';
import { type ProjectCall, projectRoute, type Route } from '../http/route.ts';
import type { Project } from '../http/subjects.ts';
import { JOB_STATUSES } from '../jobs/job-state.ts';
import type { Parts } from '../parts.ts';
import { countPipelines, listPipelines } from '../pipelines/pipeline-store.ts';
import { mayUpdateRef } from '../projects/may-update-ref.ts';
import { createSchedule, updateSchedule } from '../schedules/change-schedule.ts';
import { cronProblems } from '../schedules/cron.ts';
import {
  changeInputs,
  isInputValue,
  MOST_INPUTS,
  readInputs,
  type ScheduleInput,
} from '../schedules/schedule-inputs.ts';
import {
  findLastPipeline,
  findOwners,
  findSchedule,
  listSchedules,
  type Schedule,
} from '../schedules/schedule-store.ts';
import { listScheduleVariables } from '../schedules/schedule-variable-store.ts';
import { PipelineBasic, pipelineBasic } from './entities/pipeline.ts';
import { PipelineSchedule, PipelineScheduleDetails, pipelineSchedule } from './entities/pipeline-schedule.ts';
import { pipelineVariable } from './entities/pipeline-variable.ts';
import { userOf } from './job-actions.ts';
import { cappedPriority } from './pipeline-priority.ts';
import { filterOf, SCOPES } from './pipelines.ts';
import { priority } from './project-settings.ts';

const tag = 'Pipeline schedules';
const moment = Type.Optional(Type.String({ description: 'ISO 8601' }));
const fields = {
  active: Type.Optional(Type.Boolean()),
  priority: Type.Optional(priority()),
  inputs: Type.Optional(
    Type.Array(
      Type.Object({
        name: filled(),
        value: Type.Optional(Type.Unknown({ description: 'A text, number, truth or list' })),
        destroy: Type.Optional(Type.Boolean({ description: 'Takes the input away' })),
      }),
    ),
  ),
};

export const oneSchedule = { id: subjectId, pipeline_schedule_id: recordId() };
/** Whoever may see pipelines sees what begins them. */
const readsSchedules = { method: 'GET', tag, ability: 'read_build', authenticate: true } as const;
export const writesSchedules = { tag, ability: 'update_pipeline_schedule' } as const;

export type Who = Pick<ProjectCall<unknown>, 'caller' | 'project' | 'role'>;

/** What pipelines begin by themselves, and when. */
export function pipelineScheduleRoutes(parts: Parts): Route[] {
  const { db, clock, url, repositories, limits } = parts;

  return [
    projectRoute({
      ...readsSchedules,
      path: '/projects/:id/pipeline_schedules',
      summary: 'List the pipeline schedules of a project',
      params: Type.Object({
        ...pageParams,
        id: subjectId,
        scope: Type.Optional(Type.Enum(['active', 'inactive'])),
      }),
      reply: Type.Array(PipelineSchedule),
      handler: async (call) => {
        const { params, project } = call;
        const request = pageRequest(params, 'asc', 'Ci::PipelineSchedule');
        const active = params.scope === undefined ? {} : { active: bit(params.scope === 'active') };
        const found = await listSchedules(db.read, { project_id: project.id, ...active }, request);
        const owners = await findOwners(db.read, found.items);
        const items = found.items.map((row) => pipelineSchedule(row, owners.get(row.owner_id ?? 0), url()));
        return pageReply(placeOf(url(), call), request, { ...found, items });
      },
    }),
    projectRoute({
      ...readsSchedules,
      path: '/projects/:id/pipeline_schedules/:pipeline_schedule_id',
      summary: 'Get a pipeline schedule',
      params: Type.Object(oneSchedule),
      reply: PipelineScheduleDetails,
      handler: async (call) =>
        presentSchedule(parts, call, await scheduleOf(parts, call.project, call.params.pipeline_schedule_id)),
    }),
    projectRoute({
      ...readsSchedules,
      path: '/projects/:id/pipeline_schedules/:pipeline_schedule_id/pipelines',
      summary: 'List the pipelines that a schedule has begun',
      params: Type.Object({
        ...pageParams,
        ...oneSchedule,
        scope: Type.Optional(Type.Enum([...SCOPES])),
        status: Type.Optional(Type.Enum([...JOB_STATUSES])),
        updated_before: moment,
        updated_after: moment,
        created_before: moment,
        created_after: moment,
      }),
      reply: Type.Array(PipelineBasic),
      handler: async (call) => {
        const { params, project } = call;
        const { id } = await scheduleOf(parts, project, params.pipeline_schedule_id);
        const request = pageRequest(params, 'asc', 'Ci::Pipeline');
        const filter = { ...filterOf(params), project_id: project.id, pipeline_schedule_id: id };
        const [found, total] = await Promise.all([
          listPipelines(db.read, filter, { ...request, order: 'id' }),
          request.keyset ? null : countPipelines(db.read, filter),
        ]);
        const address = `${url()}/${project.path_with_namespace}`;
        const items = found.items.map((pipeline) => pipelineBasic(pipeline, address));
        return pageReply(placeOf(url(), call), request, { ...found, items, total });
      },
    }),
    projectRoute({
      method: 'POST',
      path: '/projects/:id/pipeline_schedules',
      summary: 'Create a pipeline schedule, whose owner its pipelines run as',
      tag,
      ability: 'create_pipeline_schedule',
      params: Type.Object({
        ...fields,
        id: subjectId,
        description: Type.String(),
        ref: filled(),
        cron: Type.String(),
        cron_timezone: Type.String({ default: 'UTC', description: 'Its IANA name or that of Rails' }),
      }),
      reply: PipelineScheduleDetails,
      handler: async (call) => {
        const { params, project, role } = call;
        const { description, cron_timezone } = params;
        const cron = params.cron.trim();
        const inputs = storedInputs([], params.inputs);
        check({ description, cron, cron_timezone }, clock());
        const ref = await expandRef(repositories.of(project.id), params.ref);
        await checkRef(parts, call, ref, 'create');
        const given = {
          project_id: project.id,
          owner_id: userOf(call.caller),
          description,
          ref,
          cron,
          cron_timezone,
          inputs,
          active: bit(params.active ?? true),
          priority: cappedPriority(role, project, params.priority) ?? null,
        };
        const most = limits.ci_pipeline_schedules;
        const schedule = await createSchedule(db, given, most, clock());
        if (!schedule)
          throw invalidRecord({ base: [`Maximum number of pipeline schedules (${most}) exceeded`] });
        return presentSchedule(parts, call, schedule);
      },
    }),
    projectRoute({
      ...writesSchedules,
      method: 'PUT',
      path: '/projects/:id/pipeline_schedules/:pipeline_schedule_id',
      summary: 'Change a pipeline schedule of your own',
      params: Type.Object({
        ...fields,
        ...oneSchedule,
        description: Type.Optional(Type.String()),
        ref: Type.Optional(filled()),
        cron: Type.Optional(Type.String()),
        cron_timezone: Type.Optional(Type.String()),
      }),
      reply: PipelineScheduleDetails,
      handler: async (call) => {
        const { params, project, role } = call;
        const before = await ownSchedule(parts, call, params.pipeline_schedule_id);
        const repository = repositories.of(project.id);
        const { description, cron_timezone, active } = params;
        const chosen = cappedPriority(role, project, params.priority);
        // Only what is given: somebody else may change the rest at this moment.
        const change = {
          ...(description === undefined ? {} : { description }),
          ...(params.ref === undefined ? {} : { ref: await expandRef(repository, params.ref) }),
          ...(params.cron === undefined ? {} : { cron: params.cron.trim() }),
          ...(cron_timezone === undefined ? {} : { cron_timezone }),
          ...(active === undefined ? {} : { active: bit(active) }),
          ...(chosen === undefined ? {} : { priority: chosen }),
        };
        const wanted = { ...before, ...change };
        check(wanted, clock());
        await checkRef(parts, call, wanted.ref, 'update');
        const changeOf = ({ inputs }: Schedule) => ({
          ...change,
          ...(params.inputs && { inputs: storedInputs(readInputs(inputs), params.inputs) }),
        });
        const schedule = await updateSchedule(db, before.id, changeOf, clock());
        if (!schedule) throw unknownSchedule();
        return presentSchedule(parts, call, schedule);
      },
    }),
  ];
}

const bit = (value: boolean) => (value ? (1 as const) : (0 as const));

export const unknownSchedule = (): ApiError => notFound('Pipeline Schedule');

/** The schedule of this number. @throws 404 for another project's, or none */
export async function scheduleOf({ db }: Parts, project: Project, id: number): Promise<Schedule> {
  const schedule = await findSchedule(db.read, project.id, id);
  if (!schedule) throw unknownSchedule();
  return schedule;
}

export const isOwn = ({ owner_id }: Schedule, { caller }: Who) =>
  owner_id !== null && owner_id === caller.user?.id;

/** The same, for its owner and administrators alone. @throws 403 for others: a maintainer takes it over first */
export async function ownSchedule(parts: Parts, who: Who, id: number): Promise<Schedule> {
  const schedule = await scheduleOf(parts, who.project, id);
  if (!isOwn(schedule, who) && who.role !== 'admin') throw apiError('forbidden');
  return schedule;
}

/** The same, for its owner and maintainers. @throws 403 for others */
export async function managedSchedule(parts: Parts, who: Who, id: number): Promise<Schedule> {
  const schedule = await scheduleOf(parts, who.project, id);
  if (!isOwn(schedule, who) && !reaches(who.role, 'maintainer')) throw apiError('forbidden');
  return schedule;
}

/** The schedule with its newest pipeline, and its variables for whom they are meant. */
export async function presentSchedule(
  { db, url, secretKey }: Parts,
  who: Who,
  schedule: Schedule,
): Promise<Static<typeof PipelineScheduleDetails>> {
  const owners = await findOwners(db.read, [schedule]);
  const last = await findLastPipeline(db.read, schedule.id);
  const isShown = isOwn(schedule, who) || reaches(who.role, 'maintainer');
  const variables = isShown ? await listScheduleVariables(db.read, schedule.id) : [];
  return {
    ...pipelineSchedule(schedule, owners.get(schedule.owner_id ?? 0), url()),
    last_pipeline: last && pipelineBasic(last, `${url()}/${who.project.path_with_namespace}`),
    ...(isShown && { variables: variables.map((row) => pipelineVariable(row, secretKey)) }),
  };
}

/** The inputs with what is asked for, as they are stored. @throws 400 for a value of another kind, and for too many */
function storedInputs(
  before: readonly ScheduleInput[],
  asked: readonly { name: string; value?: unknown; destroy?: boolean }[] = [],
): string {
  const changes = asked.map(({ name, value, destroy }, index) => {
    if (destroy) return { name, value: '', destroy };
    if (value === undefined) throw badParameters([`inputs[${index}][value] is missing`]);
    if (!isInputValue(value)) throw badParameters([`inputs[${index}][value] is invalid`]);
    return { name, value };
  });
  const inputs = changeInputs(before, changes);
  if (inputs.length > MOST_INPUTS) throw invalidRecord({ inputs: [`exceed the limit of ${MOST_INPUTS}`] });
  return JSON.stringify(inputs);
}

/** @throws 400 with what is wrong, by field */
function check(given: { description: string; cron: string; cron_timezone: string }, now: number): void {
  const problems = cronProblems(given, now);
  if (given.description.trim() === '') problems['description'] = ["can't be blank"];
  if (Object.keys(problems).length > 0) throw invalidRecord(problems);
}

/** The ref by its full name; one that is not there stays as given. @throws 400 for a name of a branch and a tag */
async function expandRef(repository: Repository, given: string): Promise<string> {
  const isFull = /^refs\/(heads|tags)\/./.test(given);
  if (!isFull && (await findBranchTip(repository, given)) && (await findTagCommit(repository, given)))
    throw invalidRecord({ ref: ['is ambiguous'] });
  const found = await findRef(repository, given);
  return found ? `refs/${found.tag ? 'tags' : 'heads'}/${found.name}` : given;
}

/** @throws 400 when the ref is protected from the caller */
async function checkRef({ db }: Parts, { project, role }: Who, ref: string, verb: string): Promise<void> {
  const [, kind, name = ref] = /^refs\/(heads|tags)\/(.+)$/s.exec(ref) ?? [];
  if (!(await mayUpdateRef(db.read, project.id, role, { name, tag: kind === 'tags' })))
    throw invalidRecord({ base: [`The current user is not authorized to ${verb} the pipeline schedule`] });
}
