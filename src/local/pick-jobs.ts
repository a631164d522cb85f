import type { PlannedJob } from '../ci/plan.ts';
import { groupName } from '../reports/group-name.ts';

/** What of a job of a plan says which others it needs. */
export type PickedJob = Pick<
  PlannedJob,
  'name' | 'stage_idx' | 'when' | 'scheduling_type' | 'needs' | 'dependencies' | 'artifacts' | 'reports'
>;

/** Whether somebody who says `wanted` means this job: by its name, or that of all jobs of its `parallel`. */
export const isCalled = (name: string, wanted: string): boolean =>
  name === wanted || groupName(name) === wanted || /^(.*): \[.*\]$/s.exec(name)?.[1] === wanted;

/**
 * The names of the jobs that `wanted` means, and of those that they need, and so on: a job with `needs` these, another one
 * the jobs of earlier stages whose artifacts it fetches. That a stage would wait for an earlier one brings in nothing.
 */
export function pickJobs(jobs: readonly PickedJob[], wanted: readonly string[]): Set<string> {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const picked = new Set<string>();
  const queue = jobs.filter(({ name }) => wanted.some((each) => isCalled(name, each)));
  for (const job of queue) {
    if (picked.has(job.name)) continue;
    picked.add(job.name);
    for (const name of neededBy(job, jobs)) {
      const needed = byName.get(name);
      if (needed) queue.push(needed);
    }
  }
  return picked;
}

function neededBy(job: PickedJob, jobs: readonly PickedJob[]): string[] {
  if (job.scheduling_type === 'dag') return job.needs.map(({ name }) => name);
  return jobs
    .filter(({ name, stage_idx }) => stage_idx < job.stage_idx && (job.dependencies?.includes(name) ?? true))
    .filter((earlier) => earlier.when !== 'manual' && earlier.when !== 'on_failure' && leavesFiles(earlier))
    .map(({ name }) => name);
}

const leavesFiles = ({ artifacts, reports }: PickedJob) =>
  (artifacts?.paths ?? []).length > 0 ||
  artifacts?.untracked === true ||
  reports.some(({ artifact_type }) => artifact_type === 'dotenv');

/** Those of `wanted` that mean no job, with the names that there are. */
export function unknownJobs(jobs: readonly { name: string }[], wanted: readonly string[]): string[] {
  return wanted.filter((each) => !jobs.some(({ name }) => isCalled(name, each)));
}
