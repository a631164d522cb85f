import { findUser } from '../access/access-store.ts';
import type { Database, Transaction } from '../db/database.ts';
import { findRef } from '../git/find-ref.ts';
import { type Repositories, ZERO_SHA } from '../git/repository.ts';
import { createPipeline, type PipelineSettings } from '../pipelines/create-pipeline.ts';
import { refusedRef } from '../projects/may-update-ref.ts';
import { findProject } from '../projects/project-store.ts';
import { userMayRun } from '../projects/user-role.ts';
import { decrypt } from '../variables/encrypt.ts';
import { addWork, keysOfWork } from '../work/work-store.ts';
import type { Handler, SetBackFollower } from '../work/worker.ts';
import { awaitNextRun, PIPELINE_SCHEDULE } from './change-schedule.ts';
import { nextRunAt } from './cron.ts';
import { asGiven, readInputs } from './schedule-inputs.ts';
import { findScheduleById, lockSchedule, type Schedule, updateScheduleRow } from './schedule-store.ts';
import { listScheduleVariables } from './schedule-variable-store.ts';

/** The durable work that makes the pipeline of one run; its key is what no second pipeline has. */
const RUN_PIPELINE_SCHEDULE = 'run_pipeline_schedule';

interface Run {
  pipeline_schedule_id: number;
  /** As whom. */
  user_id: number;
}

/**
 * For `Worker.handle(...followSchedules(…))`: a schedule that is due gets a run and its next time in one
 * transaction, so that there is one run of each due time. What was missed meanwhile is one run.
 */
export const followSchedules = (db: Database, clock: () => number): [kind: string, handler: Handler] => [
  PIPELINE_SCHEDULE,
  async ({ key }) => {
    await db.write(async (tx) => {
      const schedule = await lockSchedule(tx, Number(key));
      if (!schedule || schedule.active === 0 || schedule.next_run_at === null) return;
      const now = clock();
      const { id, next_run_at: due } = schedule;
      // The clock has been put back, or the schedule was moved as its work began.
      if (due > now) return await awaitNextRun(tx, schedule);
      const owner = schedule.owner_id === null ? null : await findUser(tx, schedule.owner_id);
      if (owner?.state !== 'active') {
        const last_run_error = 'The owner of the schedule is not available: the schedule is deactivated';
        await updateScheduleRow(tx, id, { active: 0, last_run_error, updated_at: now });
        return;
      }
      const next_run_at = nextRunAt(schedule, now);
      await updateScheduleRow(tx, id, { next_run_at });
      await addRun(tx, { pipeline_schedule_id: id, user_id: owner.id }, `due ${due}`, now);
      await awaitNextRun(tx, { ...schedule, next_run_at });
    });
  },
];

/** A clock set back by more than this was wrong: what was reckoned by it is reckoned anew. */
const WAS_WRONG_MS = 3 * 3_600_000;

/**
 * When the clock is set back a little, a schedule does not run again at the times it has had, and waits. By more, that
 * wait might be years.
 */
export const correctSchedules: SetBackFollower = async (tx, by, now) => {
  if (by <= WAS_WRONG_MS) return;
  for (const key of await keysOfWork(tx, PIPELINE_SCHEDULE)) {
    const schedule = await lockSchedule(tx, Number(key));
    if (!schedule?.next_run_at) continue;
    const right = { next_run_at: nextRunAt(schedule, now) };
    if (right.next_run_at === null || right.next_run_at >= schedule.next_run_at) continue;
    await updateScheduleRow(tx, schedule.id, right);
    await awaitNextRun(tx, { ...schedule, ...right });
  }
};

/** Has a pipeline of the schedule made right now, as that user; when it is due next stays as it is. */
export async function playSchedule(
  db: Database,
  schedule_id: number,
  user_id: number,
  now: number,
): Promise<void> {
  const run = { pipeline_schedule_id: schedule_id, user_id };
  await db.write((tx) => addRun(tx, run, `played ${now} by ${user_id}`, now));
}

const addRun = (tx: Transaction, run: Run, what: string, now: number) =>
  addWork(tx, {
    kind: RUN_PIPELINE_SCHEDULE,
    key: `${run.pipeline_schedule_id} ${what}`,
    payload: run,
    due_at: now,
  });

export interface RunParts {
  repositories: Repositories;
  settings: () => PipelineSettings;
}

/** For `Worker.handle(...runSchedules(…))`: makes the pipelines. */
export const runSchedules = (
  db: Database,
  parts: RunParts,
  clock: () => number,
): [kind: string, handler: Handler] => [
  RUN_PIPELINE_SCHEDULE,
  async ({ key, payload }) => {
    const { pipeline_schedule_id, user_id } = payload as Run;
    const schedule = await findScheduleById(db.read, pipeline_schedule_id);
    if (!schedule) return;
    const last_run_error = await runSchedule(db, parts, schedule, { user_id, run: key }, clock());
    await db.write((tx) => updateScheduleRow(tx, schedule.id, { last_run_error }));
  },
];

/**
 * Makes the pipeline of one run; of one `run` there is one. Whether the user may have it is asked now, not when
 * the schedule was made. Answers why there is none.
 */
async function runSchedule(
  db: Database,
  { repositories, settings }: RunParts,
  schedule: Schedule,
  { user_id, run }: { user_id: number; run: string },
  now: number,
): Promise<string | null> {
  const project = await findProject(db.read, String(schedule.project_id));
  const user = await findUser(db.read, user_id);
  if (!project || !user) return 'The project or the user is gone';
  if (project.archived === 1) return 'The project is archived';
  const ref = await findRef(repositories.of(project.id), schedule.ref);
  if (!ref) return 'Reference not found';
  if (!(await userMayRun(db.read, user, project, ref, now))) return refusedRef(ref.name);
  const { secret_key } = settings();
  const variables = await listScheduleVariables(db.read, schedule.id);
  const request = {
    project,
    user,
    ref: ref.name,
    tag: ref.tag,
    sha: ref.sha,
    before_sha: ZERO_SHA,
    source: 'schedule',
    variables: variables.map(({ key, value, variable_type, raw }) => ({
      key,
      value: decrypt(secret_key, value),
      variable_type: variable_type === 'file' ? ('file' as const) : ('env_var' as const),
      raw: raw === 1,
    })),
    inputs: asGiven(readInputs(schedule.inputs)),
    priority: schedule.priority ?? undefined,
    push_id: null,
    origin: { pipeline_schedule_id: schedule.id, pipeline_schedule_run: run },
    schedule_description: schedule.description,
  };
  const made = await createPipeline(db, repositories, settings(), request, now);
  return made.outcome === 'created' ? null : made.messages.join(', ');
}
