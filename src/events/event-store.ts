import type { Kysely } from 'kysely';
import { inPortions } from '../db/compiled.ts';
import type { Tables } from '../db/schema.ts';
import type { Change } from './change.ts';
import type { Event, EventType } from './event.ts';

type Read = Kysely<Tables>;
type ChangeOf<Type extends Change['type']> = Extract<Change, { type: Type }>;

/** The changes as events that say how all of it is by now. Two statements at most, however many there are. */
export async function readEvents(db: Read, changes: readonly Change[]): Promise<Event[]> {
  const pipelines = changes.filter((one) => one.type === 'pipeline');
  const jobs = changes.filter((one) => one.type === 'jobs');
  return [
    ...(pipelines.length > 0 ? await pipelineEvents(db, pipelines) : []),
    ...(jobs.length > 0 ? await jobEvents(db, jobs) : []),
    ...changes.flatMap((change) => plainEvent(change) ?? []),
  ];
}

async function pipelineEvents(db: Read, changes: readonly ChangeOf<'pipeline'>[]): Promise<Event[]> {
  const ids = changes.map(({ id }) => id);
  const rows = await inPortions(ids, (some) =>
    db
      .selectFrom('pipelines')
      .select(['id', 'iid', 'project_id', 'status', 'ref', 'tag', 'sha', 'source', 'name'])
      .select(['created_at', 'updated_at', 'started_at', 'finished_at', 'duration', 'queued_duration'])
      .where('id', 'in', some)
      .execute(),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return changes.map(({ id, project_id }) => {
    const row = byId.get(id);
    if (!row) return inProject('pipeline', project_id, { id, project_id, deleted: true });
    return inProject('pipeline', project_id, {
      ...row,
      tag: row.tag === 1,
      created_at: moment(row.created_at),
      updated_at: moment(row.updated_at),
      started_at: moment(row.started_at),
      finished_at: moment(row.finished_at),
    });
  });
}

/** One that is gone went with its pipeline, of which there is an event. */
async function jobEvents(db: Read, changes: readonly ChangeOf<'jobs'>[]): Promise<Event[]> {
  const ids = changes.flatMap((change) => change.ids ?? []);
  const rows =
    ids.length === 0
      ? []
      : await inPortions(ids, (some) =>
          db
            .selectFrom('jobs')
            .select(['id', 'kind', 'name', 'stage', 'status', 'pipeline_id', 'project_id'])
            .select(['allow_failure', 'retried', 'runner_id', 'failure_reason', 'coverage'])
            .select(['created_at', 'queued_at', 'started_at', 'finished_at', 'erased_at'])
            .where('id', 'in', some)
            .orderBy('id')
            .execute(),
        );
  const many = changes.filter((change) => change.ids === null);
  return [
    // A portion is filled up with the last id.
    ...new Map(rows.map((row) => [row.id, row])).values().map(jobEvent),
    ...many.map(({ pipeline_id, project_id }) => inProject('jobs', project_id, { pipeline_id, project_id })),
  ];
}

interface JobRow {
  id: number;
  kind: string;
  name: string;
  stage: string;
  status: string;
  pipeline_id: number;
  project_id: number;
  allow_failure: 0 | 1;
  retried: 0 | 1;
  runner_id: number | null;
  failure_reason: string | null;
  coverage: number | null;
  created_at: number;
  queued_at: number | null;
  started_at: number | null;
  finished_at: number | null;
  erased_at: number | null;
}

function jobEvent(row: JobRow): Event {
  const { id, name, stage, status, pipeline_id, project_id } = row;
  const common = {
    id,
    name,
    stage,
    status,
    pipeline_id,
    project_id,
    allow_failure: row.allow_failure === 1,
    retried: row.retried === 1,
    failure_reason: status === 'failed' ? (row.failure_reason ?? 'unknown_failure') : null,
    created_at: moment(row.created_at),
    queued_at: moment(row.queued_at),
    started_at: moment(row.started_at),
    finished_at: moment(row.finished_at),
  };
  if (row.kind === 'bridge') return inProject('bridge', project_id, common);
  const { runner_id, coverage } = row;
  return inProject('job', project_id, { ...common, runner_id, coverage, erased_at: moment(row.erased_at) });
}

/** What is told as it is, without a look at the database; null for the rest. */
function plainEvent(change: Change): Event | null {
  switch (change.type) {
    case 'environment':
    case 'deployment': {
      const { type, ...data } = change;
      return inProject(type, change.project_id, data);
    }
    case 'ref':
      return refEvent(change);
    case 'refs':
      return inProject('refs', change.project_id, { project_id: change.project_id });
    case 'project':
      return inProject('project', change.id, { id: change.id });
    case 'group':
      return onGroup('group', change.id, { id: change.id });
    case 'runner': {
      const { id, left = null, deleted = false } = change;
      const data = text(deleted ? { id, deleted } : { id });
      return { type: 'runner', subject: { of: 'runner', id, left, deleted }, data };
    }
    case 'variables': {
      const { project_id, group_id } = change;
      if (project_id !== null) return inProject('variables', project_id, { project_id });
      if (group_id === null) return { type: 'variables', subject: { of: 'server' }, data: '{}' };
      return onGroup('variables', group_id, { group_id });
    }
    default:
      return null;
  }
}

const NONE = /^0+$/;

function refEvent({ project_id, ref, before, after }: ChangeOf<'ref'>): Event {
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/s.exec(ref) ?? [];
  const action = NONE.test(after) ? 'deleted' : NONE.test(before) ? 'created' : 'updated';
  const type = kind === 'tags' ? 'tag' : 'branch';
  return inProject('ref', project_id, { project_id, ref, name, type, action, before, after });
}

const inProject = (type: EventType, id: number, data: object): Event => ({
  type,
  subject: { of: 'project', id },
  data: text(data),
});

const onGroup = (type: EventType, id: number, data: object): Event => ({
  type,
  subject: { of: 'group', id },
  data: text(data),
});

const text = (data: object) => JSON.stringify(data);
const moment = (time: number | null) => (time === null ? null : new Date(time).toISOString());
