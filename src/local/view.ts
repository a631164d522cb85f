import type { WatchedJob } from './watched-job.ts';

/** Where a run is shown. */
export interface View {
  /** Something that is of no job. */
  note(text: string): void;
  said(job: WatchedJob, lines: readonly string[]): void;
  /** The job has another status. `log`: where its log is kept, once it has ended. */
  changed(job: WatchedJob, log: string | null): void;
  looked(jobs: readonly WatchedJob[]): void;
  /** Nothing more comes. */
  close(): void;
}
