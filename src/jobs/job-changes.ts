import type { Job } from './job-store.ts';

type Listener = (jobs: readonly Job[]) => void;
const listeners = new Set<Listener>();

/** Calls `listener` after any commit in this process that changed jobs, with those; answers how to stop that. */
export function onJobsChanged(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells the listeners. */
export function announceJobs(jobs: readonly Job[]): void {
  for (const listener of listeners) listener(jobs);
}
