import { Type } from 'typebox';
import { invalidRecord, notFound } from '../errors.ts';
import { projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import {
  deleteScheduleVariable,
  findScheduleVariable,
  insertScheduleVariable,
  type ScheduleVariable,
  updateScheduleVariable,
} from '../schedules/schedule-variable-store.ts';
import { encrypt } from '../variables/encrypt.ts';
import { keyProblems } from '../variables/variable-problems.ts';
import { PipelineVariable, pipelineVariable } from './entities/pipeline-variable.ts';
import { managedSchedule, oneSchedule, ownSchedule, writesSchedules } from './pipeline-schedules.ts';

const one = { ...oneSchedule, key: Type.String() };
const VariableType = Type.Enum(['env_var', 'file']);

/** What a schedule gives to its pipelines. */
export function pipelineScheduleVariableRoutes(parts: Parts): Route[] {
  const { db, secretKey } = parts;
  const present = (row: ScheduleVariable) => pipelineVariable(row, secretKey);
  const variableOf = async (schedule: { id: number }, key: string) => {
    const variable = await findScheduleVariable(db.read, schedule.id, key);
    if (!variable) throw unknownVariable();
    return variable;
  };

  return [
    projectRoute({
      ...writesSchedules,
      method: 'POST',
      path: '/projects/:id/pipeline_schedules/:pipeline_schedule_id/variables',
      summary: 'Give a pipeline schedule a variable',
      params: Type.Object({
        ...oneSchedule,
        key: Type.String(),
        value: Type.String(),
        variable_type: Type.Optional(VariableType),
      }),
      reply: PipelineVariable,
      handler: async (call) => {
        const { value, variable_type = 'env_var' } = call.params;
        const key = call.params.key.trim();
        const { id } = await ownSchedule(parts, call, call.params.pipeline_schedule_id);
        const problems = keyProblems(key);
        if (problems.length > 0) throw invalidRecord({ key: problems });
        const row = {
          pipeline_schedule_id: id,
          key,
          value: encrypt(secretKey, value),
          variable_type,
          raw: 0 as const,
        };
        const stored = await db.write((tx) => insertScheduleVariable(tx, row));
        if (!stored) throw invalidRecord({ key: ['has already been taken'] });
        return present(stored);
      },
    }),
    projectRoute({
      ...writesSchedules,
      method: 'GET',
      ability: 'read_pipeline_variables',
      path: '/projects/:id/pipeline_schedules/:pipeline_schedule_id/variables/:key',
      summary: 'Get a variable of a pipeline schedule',
      authenticate: true,
      params: Type.Object(one),
      reply: PipelineVariable,
      handler: async (call) => {
        const schedule = await managedSchedule(parts, call, call.params.pipeline_schedule_id);
        return present(await variableOf(schedule, call.params.key));
      },
    }),
    projectRoute({
      ...writesSchedules,
      method: 'PUT',
      path: '/projects/:id/pipeline_schedules/:pipeline_schedule_id/variables/:key',
      summary: 'Change a variable of a pipeline schedule',
      params: Type.Object({
        ...one,
        value: Type.Optional(Type.String()),
        variable_type: Type.Optional(VariableType),
      }),
      reply: PipelineVariable,
      handler: async (call) => {
        const { value, key, variable_type } = call.params;
        const schedule = await ownSchedule(parts, call, call.params.pipeline_schedule_id);
        const before = await variableOf(schedule, key);
        const set = {
          value: value === undefined ? before.value : encrypt(secretKey, value),
          variable_type: variable_type ?? before.variable_type,
        };
        const stored = await db.write((tx) => updateScheduleVariable(tx, before.id, set));
        if (!stored) throw unknownVariable();
        return present(stored);
      },
    }),
    projectRoute({
      ...writesSchedules,
      method: 'DELETE',
      path: '/projects/:id/pipeline_schedules/:pipeline_schedule_id/variables/:key',
      summary: 'Take a variable from a pipeline schedule',
      status: 202,
      params: Type.Object(one),
      reply: PipelineVariable,
      handler: async (call) => {
        const schedule = await managedSchedule(parts, call, call.params.pipeline_schedule_id);
        const variable = await variableOf(schedule, call.params.key);
        await db.write((tx) => deleteScheduleVariable(tx, variable.id));
        return present(variable);
      },
    }),
  ];
}

const unknownVariable = () => notFound('Pipeline Schedule Variable');
