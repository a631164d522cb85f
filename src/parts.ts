import type { Logger } from 'pino';
import type { LoginAttempts } from './access/login-attempts.ts';
import type { ArchiveIndexes } from './artifacts/archive-index.ts';
import type { BlobStore } from './blobs/blob-store.ts';
import type { Config } from './config.ts';
import type { Database } from './db/database.ts';
import type { Events } from './events/events.ts';
import type { Repositories } from './git/repository.ts';
import type { SigningKey } from './id-tokens/signing-key.ts';
import type { Metrics } from './http/metrics.ts';
import type { WaitingRunners } from './jobs/waiting-runners.ts';
import type { Limits } from './limits.ts';
import type { LintSettings } from './pipelines/lint-configuration.ts';
import type { Reports } from './reports/reports.ts';
import type { Hearing } from './runners/hearing.ts';
import type { LiveLogs } from './traces/live-logs.ts';

/**
 * What the composition root has built. Only server.ts makes one, and only the lists of routes take it
 * whole: each hands its handlers what they need.
 */
export interface Parts {
  db: Database;
  /** Milliseconds since 1970. */
  clock: () => number;
  log: Logger;
  metrics: Metrics;
  repositories: Repositories;
  blobs: BlobStore;
  logs: LiveLogs;
  events: Events;
  indexes: ArchiveIndexes;
  reports: Reports;
  waiting: WaitingRunners;
  hearing: Hearing;
  pipelineSettings: () => LintSettings;
  /** Under which stored variables are encrypted. */
  secretKey: Buffer;
  /** Signs the tokens of jobs. */
  signingKey: SigningKey;
  loginAttempts: LoginAttempts;
  limits: Limits;
  config: Config;
  /** The address users see, without a slash at its end; known once the server listens. */
  url: () => string;
}
