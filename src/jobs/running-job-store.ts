import { type Kysely, type Selectable, sql } from 'kysely';
import { padded } from '../db/compiled.ts';
import type { Jobs } from '../db/rows/jobs.ts';
import type { Tables } from '../db/schema.ts';
import { type NamedProject, projectsOpenTo } from '../projects/project-role-store.ts';
import type { Viewer } from '../projects/reach-store.ts';

const COLUMNS = [
  'id',
  'name',
  'stage',
  'status',
  'ref',
  'started_at',
  'pipeline_id',
  'project_id',
  'runner_id',
] as const;

/** A job that a runner has. */
export interface RunningJob extends Pick<Selectable<Jobs>, (typeof COLUMNS)[number]> {
  project: NamedProject;
}

/** Told of one runner. */
const SHOWN = 50;
/** Projects that are looked at. */
const PROJECTS = 1000;

/**
 * What each of these runners runs now, by its id: the first 50 jobs, of projects whose jobs the viewer may read.
 * Five statements.
 */
export async function readRunningJobs(
  db: Kysely<Tables>,
  viewer: Viewer,
  runnerIds: readonly number[],
): Promise<Map<number | null, RunningJob[]>> {
  if (runnerIds.length === 0) return new Map();
  const running = db
    .selectFrom('jobs')
    .where('runner_id', 'in', padded(runnerIds))
    .where(sql<boolean>`status IN ('running', 'canceling')`);
  const busy = await running.select('project_id').distinct().limit(PROJECTS).execute();
  const projects = await projectsOpenTo(
    db,
    viewer,
    busy.map(({ project_id }) => project_id),
    'read_build',
  );
  if (projects.size === 0) return new Map();
  const numbered = running
    .select(COLUMNS)
    .select(sql<number>`row_number() OVER (PARTITION BY runner_id ORDER BY id)`.as('place'))
    .where('project_id', 'in', padded([...projects.keys()]));
  const rows = await db
    .selectFrom(numbered.as('numbered'))
    .select(COLUMNS)
    .where('place', '<=', SHOWN)
    .orderBy('id')
    .execute();
  const jobs = rows.flatMap((row): RunningJob[] => {
    const project = projects.get(row.project_id);
    return project ? [{ ...row, project }] : [];
  });
  return Map.groupBy(jobs, ({ runner_id }) => runner_id);
}
