import { allowsOnProject, reaches, type Role, type Subject } from '../access/permissions.ts';
import { canCancel, canErase, canPlay, canRetry, factsOf, type ActionFacts } from './job-actions.ts';
import { isBlocked, type JobStatus } from './job-state.ts';

/** What a page may offer of a job. */
export const JOB_BUTTONS = [
  'play',
  'retry',
  'cancel',
  'force_cancel',
  'erase',
  'keep_artifacts',
  'delete_artifacts',
  'read_variables',
] as const;
export type JobButton = (typeof JOB_BUTTONS)[number];

/** Who asks, of jobs that have one ref. */
export interface Asker {
  /** Null: nobody. */
  user_id: number | null;
  role: Role;
  project: Subject;
  /** Whether the role reaches the ref that the jobs are of. */
  updates_ref: boolean;
  /** Jobs older than that are archived; null: none is. */
  archived_before: number | null;
}

/** What decides of a job. */
export interface ButtonFacts {
  kind: string;
  status: JobStatus;
  retried: 0 | 1;
  when: string;
  created_at: number;
  failure_reason: string | null;
  user_id: number | null;
  protected: 0 | 1;
  /** Whether a log or an artifact is left of it. */
  has_files: 0 | 1;
  has_artifacts: 0 | 1;
  /** Whether its archive is there, and would expire. */
  has_expiring: 0 | 1;
}

/** What this person may do with the job as it is now: what the routes ask, asked at once. */
export function allowedActions(job: ButtonFacts, asker: Asker): JobButton[] {
  if (job.kind === 'external') return [];
  const may = (ability: Parameters<typeof allowsOnProject>[0]) =>
    allowsOnProject(ability, asker.role, asker.project);
  const facts: ActionFacts = factsOf(job, asker.archived_before);
  const isBuild = job.kind === 'build';
  const isOwn = job.user_id !== null && job.user_id === asker.user_id;
  const maintains = reaches(asker.role, 'maintainer');
  const updates = asker.updates_ref && may('update_build');
  const cancels = isBuild && asker.updates_ref && may('cancel_build');
  const erases = isBuild && asker.updates_ref && may('erase_build');
  const allowed: Record<JobButton, boolean> = {
    // One that has ended is played by a retry.
    play: updates && isBlocked(job.status) && canPlay(facts),
    retry: updates && canRetry(facts),
    cancel: cancels && canCancel(job.status, false),
    force_cancel: cancels && maintains && !canCancel(job.status, false) && canCancel(job.status, true),
    erase:
      erases && (maintains || (isOwn && job.protected === 0)) && canErase(job.status, job.has_files === 1),
    keep_artifacts: isBuild && asker.updates_ref && may('keep_job_artifacts') && job.has_expiring === 1,
    delete_artifacts: isBuild && may('destroy_artifacts') && job.has_artifacts === 1,
    read_variables: may('read_pipeline_variables') && (maintains || isOwn),
  };
  return JOB_BUTTONS.filter((button) => allowed[button]);
}
