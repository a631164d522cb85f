import type { Transaction } from '../db/database.ts';
import { tell } from '../db/tell.ts';

/**
 * What a transaction has changed that somebody may look at. It says what is to be read, not what stands there: whoever
 * tells of it reads that, once the transaction is committed (event-store.ts).
 */
export type Change =
  | { type: 'pipeline'; project_id: number; id: number }
  /** `ids` null: many of the pipeline's. */
  | { type: 'jobs'; project_id: number; pipeline_id: number; ids: number[] | null }
  | { type: 'environment'; project_id: number; id: number }
  | { type: 'deployment'; project_id: number; id: number; environment_id: number }
  | { type: 'ref'; project_id: number; ref: string; before: string; after: string }
  /** Many references of the project. */
  | { type: 'refs'; project_id: number }
  | { type: 'project'; id: number }
  | { type: 'group'; id: number }
  /** `left`: where it belonged and does not any more; `deleted`: because it is gone. */
  | { type: 'runner'; id: number; left?: RunnerPlaces; deleted?: true }
  | { type: 'variables'; project_id: number | null; group_id: number | null }
  /** What somebody may see: this user, whoever looks at this project, or anybody. */
  | { type: 'access'; user_id?: number; project_id?: number };

/** That somebody may see more or less than before. */
export type AccessChange = Extract<Change, { type: 'access' }>;

/** Where a runner belongs; nowhere: to the server. */
export interface RunnerPlaces {
  project_ids: number[];
  group_ids: number[];
}

/** Notes what the transaction changes; it is told of when it is committed. */
export function noteChange(tx: Transaction, change: Change): void {
  tell(tx, change);
}

/** What of a job's row its change is told by. */
export interface ChangedJob {
  id: number;
  pipeline_id: number;
  project_id: number;
  /** Who runs it: what that runner does has changed, too. */
  runner_id?: number | null;
}

/** The same for jobs, which may be of several pipelines. */
export function noteJobs(tx: Transaction, jobs: readonly ChangedJob[]): void {
  for (const [pipeline_id, some] of Map.groupBy(jobs, (job) => job.pipeline_id)) {
    const project_id = some[0]?.project_id ?? 0;
    tell(tx, { type: 'jobs', project_id, pipeline_id, ids: some.map(({ id }) => id) } satisfies Change);
  }
  for (const id of new Set(jobs.map(({ runner_id }) => runner_id ?? null)))
    if (id !== null) tell(tx, { type: 'runner', id } satisfies Change);
}

/** References told one by one. */
const SOME_REFS = 20;

/** The same for references of a project that were created, moved or deleted. */
export function noteRefs(
  tx: Transaction,
  project_id: number,
  updates: readonly { ref: string; old: string; new: string }[],
): void {
  const shown = updates.filter(({ ref }) => /^refs\/(heads|tags)\//.test(ref));
  if (shown.length > SOME_REFS) return noteChange(tx, { type: 'refs', project_id });
  for (const { ref, old: before, new: after } of shown)
    noteChange(tx, { type: 'ref', project_id, ref, before, after });
}
