import { type Static, Type } from 'typebox';
import type { Schedule, ScheduleOwner } from '../../schedules/schedule-store.ts';
import { readInputs } from '../../schedules/schedule-inputs.ts';
import { entity, iso, isoOrNull, Moment, nullable } from './entity.ts';
import { PipelineBasic } from './pipeline.ts';
import { PipelineVariable } from './pipeline-variable.ts';
import { UserBasic, userBasic } from './user.ts';

const basic = {
  id: Type.Integer(),
  description: Type.String(),
  ref: Type.String(),
  cron: Type.String(),
  cron_timezone: Type.String(),
  next_run_at: nullable(Moment),
  active: Type.Boolean(),
  created_at: Moment,
  updated_at: Moment,
  owner: nullable(UserBasic),
  inputs: Type.Array(entity({ name: Type.String(), value: Type.Unknown() })),
  priority: nullable(Type.Integer({ description: 'Of its pipelines; null for that of the project' })),
  last_run_error: nullable(Type.String({ description: 'Why the latest run has made no pipeline' })),
};

/** A schedule in a list. */
export const PipelineSchedule = entity(basic);
/** A schedule as its own page answers it. */
export const PipelineScheduleDetails = entity({
  ...basic,
  last_pipeline: nullable(PipelineBasic),
  variables: Type.Optional(
    Type.Array(PipelineVariable, { description: 'For its owner and maintainers only' }),
  ),
});

/** `url` is the server's address. */
export const pipelineSchedule = (
  row: Schedule,
  owner: ScheduleOwner | undefined,
  url: string,
): Static<typeof PipelineSchedule> => ({
  id: row.id,
  description: row.description,
  ref: row.ref,
  cron: row.cron,
  cron_timezone: row.cron_timezone,
  next_run_at: isoOrNull(row.next_run_at),
  active: row.active === 1,
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
  owner: owner ? userBasic(owner, url) : null,
  inputs: readInputs(row.inputs),
  priority: row.priority,
  last_run_error: row.last_run_error,
});
