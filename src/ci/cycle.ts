import { stronglyConnected } from './components.ts';
import type { PlannedNeed } from './plan.ts';

interface Needing {
  name: string;
  needs: readonly PlannedNeed[] | null;
}

/** The first jobs that wait for each other, or for themselves, as GitLab tells of them; null when none do. */
export function findCycle<Job extends Needing>(jobs: readonly Job[]): { job: Job; message: string } | null {
  const graph = new Map(jobs.map((job) => [job.name, (job.needs ?? []).map((need) => need.name)]));
  const self = jobs.find((job) => graph.get(job.name)?.includes(job.name));
  if (self) return told(self, `self-dependency: ${self.name}`);
  const cycle = stronglyConnected(graph).find((names) => names.length > 1);
  const first = jobs.find((job) => job.name === cycle?.[0]);
  if (!cycle || !first) return null;
  return told(first, `topological sort failed: [${cycle.map((name) => `"${name}"`).join(', ')}]`);
}

function told<Job>(job: Job, what: string): { job: Job; message: string } {
  return { job, message: `The pipeline has circular dependencies: ${what}` };
}
