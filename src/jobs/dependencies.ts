/** A job as far as others may fetch its artifacts. */
export interface Producer {
  id: number;
  name: string;
  stage_idx: number;
}

/** The job that fetches. */
export interface Consumer {
  stage_idx: number;
  scheduling_type: string;
  needs: readonly { name: string; artifacts: boolean }[];
  /** The names it wrote under `dependencies`; null when it wrote none. */
  dependencies: readonly string[] | null;
}

/**
 * The jobs whose artifacts a job fetches, of its pipeline's latest jobs and in their order: those it needs
 * (unless with `artifacts: false`), or all of earlier stages; of these only its `dependencies`, if it says so.
 */
export function dependenciesOf<T extends Producer>(consumer: Consumer, jobs: readonly T[]): T[] {
  const wanted = consumer.dependencies === null ? null : new Set(consumer.dependencies);
  const needed = new Set(consumer.needs.filter(({ artifacts }) => artifacts).map(({ name }) => name));
  const isDag = consumer.scheduling_type === 'dag';
  return jobs.filter(
    (job) =>
      (isDag ? needed.has(job.name) : job.stage_idx < consumer.stage_idx) && (wanted?.has(job.name) ?? true),
  );
}
