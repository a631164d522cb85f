import { expireUnlocked } from '../artifacts/artifact-store.ts';
import { releaseArtifacts } from '../artifacts/expire-artifacts.ts';
import type { Database } from '../db/database.ts';
import type { Time } from '../db/rows/column.ts';
import type { Limits } from '../limits.ts';
import { deletePipeline } from '../pipelines/delete-pipeline.ts';
import type { Project } from '../projects/project-store.ts';
import { eraseTraces } from '../traces/seal-trace.ts';
import type { Handler } from '../work/worker.ts';
import { readGoing, START } from './going.ts';
import { type Position, projectsToRetain } from './retention-store.ts';
import { boundsAll, RETAINED, type Retained, retentionRules } from './retention-rules.ts';

const EVERY_MS = 60_000;
const PROJECTS = 100;
/** What one transaction deletes at most; a pipeline has one of its own. */
const BATCH = 50;

/**
 * Deletes what the rules of projects and server no longer keep, in small pieces between which others write. For
 * `Worker.addRepeating(...)`.
 */
export const applyRetention = (
  db: Database,
  limits: Limits,
  clock: () => number,
): [kind: string, everyMs: number, handler: Handler] => [
  'apply_retention',
  EVERY_MS,
  async (_work, signal) => {
    const all = boundsAll(limits);
    for (let after: number | null = 0; after !== null;) {
      const projects: Project[] = await projectsToRetain(db.read, after, PROJECTS, all);
      for (const project of projects)
        for (const kind of RETAINED) await deleteGoing(db, project, kind, limits, clock(), signal);
      after = projects.at(-1)?.id ?? null;
    }
  },
];

async function deleteGoing(
  db: Database,
  project: Project,
  kind: Retained,
  limits: Limits,
  now: Time,
  signal: AbortSignal,
): Promise<void> {
  const rules = retentionRules(project, limits).filter((rule) => rule.kind === kind);
  if (rules.length === 0) return;
  const read = await readGoing(db.read, kind, project.id, rules, now);
  for (let after: Position | null = START; after !== null;) {
    signal.throwIfAborted();
    const { going, next }: Awaited<ReturnType<typeof read>> = await read(after, BATCH);
    const due = going.filter(({ goes_at }) => goes_at <= now).map(({ id }) => id);
    if (due.length > 0) await remove(db, kind, project.id, due, now);
    after = next;
  }
}

async function remove(
  db: Database,
  kind: Retained,
  project_id: number,
  ids: number[],
  now: Time,
): Promise<void> {
  if (kind === 'pipelines') for (const id of ids) await deletePipeline(db, { id, project_id }, now);
  else if (kind === 'traces') await db.write((tx) => eraseTraces(tx, ids, now));
  else await db.write(async (tx) => releaseArtifacts(tx, await expireUnlocked(tx, ids, now), now));
}
