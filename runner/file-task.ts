import type { JobUser } from './settings.ts';

/** What the runner asks of file-worker.ts, as JSON on its standard input. */
export type FileTask = { user: JobUser | undefined; project: string } & (
  | {
      kind: 'collect';
      paths: string[];
      exclude: string[];
      untracked: boolean;
      format: 'zip' | 'gzip' | 'raw';
    }
  | { kind: 'extract' }
);

/** What it answers: lines of JSON on its standard output, the last one `done` or `failed`. */
export type FileAnswer =
  | { kind: 'info' | 'warning'; text: string }
  /** `files`: how many were collected or extracted. */
  | { kind: 'done'; files: number }
  | { kind: 'failed'; text: string };

/** The descriptor of the archive that is written or read. */
export const ARCHIVE_FD = 3;
