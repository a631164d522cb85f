import { Type } from 'typebox';
import { ApiError, apiError } from '../errors.ts';
import { findRef } from '../git/find-ref.ts';
import { Reply, projectRoute, type Route } from '../http/route.ts';
import { checkUnmodified } from '../http/unmodified.ts';
import type { Parts } from '../parts.ts';
import { mayUpdateRef } from '../projects/may-update-ref.ts';
import { deleteSchedule, updateSchedule } from '../schedules/change-schedule.ts';
import { PlayLimit } from '../schedules/play-limit.ts';
import { playSchedule } from '../schedules/run-schedule.ts';
import { Message } from './entities/entity.ts';
import { PipelineScheduleDetails } from './entities/pipeline-schedule.ts';
import { userOf } from './job-actions.ts';
import {
  isOwn,
  managedSchedule,
  oneSchedule,
  presentSchedule,
  scheduleOf,
  unknownSchedule,
  writesSchedules,
} from './pipeline-schedules.ts';

/** What can be asked of a schedule: take it over, delete it, run it now. */
export function pipelineScheduleActionRoutes(parts: Parts): Route[] {
  const { db, clock, repositories } = parts;
  const plays = new PlayLimit();

  return [
    projectRoute({
      ...writesSchedules,
      method: 'POST',
      path: '/projects/:id/pipeline_schedules/:pipeline_schedule_id/take_ownership',
      summary: 'Become the owner of a pipeline schedule',
      params: Type.Object(oneSchedule),
      reply: PipelineScheduleDetails,
      handler: async (call) => {
        const schedule = await managedSchedule(parts, call, call.params.pipeline_schedule_id);
        if (isOwn(schedule, call)) return new Reply(200, await presentSchedule(parts, call, schedule));
        const taken = await updateSchedule(
          db,
          schedule.id,
          () => ({ owner_id: userOf(call.caller) }),
          clock(),
        );
        if (!taken) throw unknownSchedule();
        return presentSchedule(parts, call, taken);
      },
    }),
    projectRoute({
      ...writesSchedules,
      method: 'DELETE',
      path: '/projects/:id/pipeline_schedules/:pipeline_schedule_id',
      summary: 'Delete a pipeline schedule; its pipelines stay',
      params: Type.Object(oneSchedule),
      reply: null,
      handler: async (call) => {
        const schedule = await managedSchedule(parts, call, call.params.pipeline_schedule_id);
        checkUnmodified(call.headers, schedule);
        await deleteSchedule(db, schedule.id);
      },
    }),
    projectRoute({
      ...writesSchedules,
      method: 'POST',
      path: '/projects/:id/pipeline_schedules/:pipeline_schedule_id/play',
      summary: 'Run a pipeline schedule now, as yourself',
      ability: 'create_pipeline',
      params: Type.Object(oneSchedule),
      reply: Message,
      handler: async (call) => {
        const { project, role } = call;
        const schedule = await scheduleOf(parts, project, call.params.pipeline_schedule_id);
        const ref = await findRef(repositories.of(project.id), schedule.ref);
        if (ref && !(await mayUpdateRef(db.read, project.id, role, ref))) throw apiError('forbidden');
        const user_id = userOf(call.caller);
        const wait = plays.wait(schedule.id, user_id, clock());
        if (wait > 0) throw tooOften(wait);
        await playSchedule(db, schedule.id, user_id, clock());
        return { message: '201 Created' };
      },
    }),
  ];
}

const tooOften = (wait: number) =>
  new ApiError(
    429,
    { message: { error: 'This endpoint has been requested too many times. Try again later.' } },
    { 'Retry-After': String(Math.ceil(wait / 1000)) },
  );
