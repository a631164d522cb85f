import { join } from 'node:path';
import type { Logger } from 'pino';
import { LoginAttempts } from './access/login-attempts.ts';
import { forgetSessions } from './access/session.ts';
import { ArchiveIndexes } from './artifacts/archive-index.ts';
import { expireArtifacts, expireProjects } from './artifacts/expire-artifacts.ts';
import { deleteBlobs } from './blobs/blob-ownership.ts';
import { BlobStore } from './blobs/blob-store.ts';
import type { Config } from './config.ts';
import { openMigrated } from './db/open-migrated.ts';
import { StartError } from './errors.ts';
import { Events } from './events/events.ts';
import type { Limits } from './limits.ts';
import { secretFile } from './first-start.ts';
import { SigningKey } from './id-tokens/signing-key.ts';
import { housekeepRepositories } from './git/housekeeping.ts';
import { provisionRepositories } from './git/provision-repository.ts';
import { gitProblem, Repositories } from './git/repository.ts';
import { createMetrics } from './http/metrics.ts';
import { shortenOffers } from './jobs/hand-out-store.ts';
import { tidyTurns } from './jobs/queue-turn-store.ts';
import { CoverageThread } from './jobs/coverage-thread.ts';
import { extractCoverage } from './jobs/extract-coverage.ts';
import { WaitingRunners } from './jobs/waiting-runners.ts';
import type { Parts } from './parts.ts';
import { eraseProjects } from './pipelines/erase-project.ts';
import { assignResources } from './pipelines/assign-resource.ts';
import { acceptOpenPushes } from './pipelines/accept-push.ts';
import { cancelRedundantPipelines } from './pipelines/cancel-redundant.ts';
import { takeBackOffers } from './pipelines/claim-job.ts';
import { CompilerThread } from './pipelines/compiler-thread.ts';
import type { PipelineSettings } from './pipelines/create-pipeline.ts';
import { deletePipelineRef } from './pipelines/delete-pipeline.ts';
import { enqueueScheduledJobs } from './pipelines/enqueue-scheduled.ts';
import type { DownstreamParts } from './pipelines/create-downstream.ts';
import { failSilentJobs, type Silence } from './pipelines/fail-silent-jobs.ts';
import { cancelDownstreams, cancelPipelines, deletePipelines } from './pipelines/follow-parent.ts';
import { shortenAllDelays } from './pipelines/schedule-delayed.ts';
import { deleteEnvironments, stopBranches, stopEnvironments } from './pipelines/stop-environment.ts';
import { updateEnvironments } from './pipelines/update-environment.ts';
import { RemoteFiles } from './pipelines/remote-files.ts';
import { startPipelines } from './pipelines/start-pipeline.ts';
import { forgetUnitTests, readReports, Reports } from './reports/reports.ts';
import { syncBridges } from './pipelines/sync-bridge.ts';
import { forgetManagers } from './runners/forget-managers.ts';
import { Hearing } from './runners/hearing.ts';
import { ONLINE_FOR } from './runners/runner-status.ts';
import { applyRetention } from './retention/apply-retention.ts';
import { correctSchedules, followSchedules, runSchedules } from './schedules/run-schedule.ts';
import { foldStorage } from './storage/quota.ts';
import { LiveLogs } from './traces/live-logs.ts';
import { sealTraces, sweepLogs } from './traces/seal-trace.ts';
import { REVISION, VERSION } from './version.ts';
import { Worker } from './work/worker.ts';

/** How often pushes are looked after whose end nobody has seen. */
const PUSHES_EVERY_MS = 3000;
/** How often jobs go back to the queue that a runner was given and did not acknowledge. */
const OFFERS_EVERY_MS = 5000;
const SILENCE_EVERY_MS = 60_000;
const TURNS_EVERY_MS = 60_000;

/** What was opened is closed in the opposite order, all of it though one fails. */
export class Opened {
  readonly #ends: (() => Promise<void>)[] = [];

  add(end: () => Promise<void>): void {
    this.#ends.push(end);
  }

  /** @throws what the first that failed has thrown */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const end of this.#ends.splice(0).toReversed())
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    if (failures.length > 0) throw failures[0];
  }
}

interface Options {
  config: Config;
  clock: () => number;
  /** Milliseconds since whenever, which no change of the clock touches. */
  steady: () => number;
  log: Logger;
  /** The address users see; known once the server listens. */
  url: () => string;
  /** What becomes of each configuration that is compiled for a pipeline. */
  compileWith?: (compile: Compile) => Compile;
}

export type Compile = PipelineSettings['compile'];

/**
 * Opens database, repositories and storage, and makes the worker that does what is due; it starts later,
 * with the server.
 * @throws StartError with one line that says what to do
 */
export async function openParts(
  { config, clock, steady, log, url, compileWith = (compile) => compile }: Options,
  opened: Opened,
) {
  const report = (message: string, error: unknown) => log.error({ err: error }, message);
  const problem = await gitProblem(config.search_path, config.data);
  if (problem) throw new StartError(problem);
  const db = await openMigrated(config.data, config.database_url, config.limits.database_statement);
  opened.add(() => db.close());
  const events = await Events.open(db, {
    kept: config.limits.events_kept,
    linger: config.limits.events_linger,
    silence: config.limits.event_peer_silence,
    report: (error) => report('what has changed could not be told', error),
  });
  opened.add(() => events.close());
  const repositories = new Repositories(join(config.data, 'repositories'), config.search_path);
  opened.add(() => repositories.close());
  const blobs = await BlobStore.open(config.blobs, clock());
  const logs = await LiveLogs.open(join(config.data, 'traces'), {
    maxSize: config.limits.trace_size,
    report,
  });
  opened.add(() => logs.close());
  await sweepLogs(db, logs, clock());
  const waiting = new WaitingRunners(db, (error) => report('no runner was found for a job', error));
  opened.add(async () => waiting.close());
  const hearing = new Hearing(clock, steady);
  const compiled = { ci_pipeline_size: config.limits.ci_pipeline_size };
  const compiler = new CompilerThread({ merged_yaml_size: config.limits.merged_yaml_size });
  // Of its own: whoever only looks at a configuration must not hold up pipelines, and pushes with them.
  const looking = new CompilerThread();
  const remote = new RemoteFiles({
    allowed: config.local_requests,
    deadline: config.limits.remote_include_timeout,
    clock,
  });
  opened.add(() => compiler.close());
  opened.add(() => looking.close());
  const reports = new Reports(db, blobs, clock, config.limits);
  opened.add(() => reports.close());
  const coverage = new CoverageThread();
  opened.add(() => coverage.close());
  const secretKey = secretFile(config.data, 'secret-key');
  const parts: Parts = {
    db,
    clock,
    log,
    metrics: createMetrics(),
    repositories,
    blobs,
    logs,
    events,
    indexes: new ArchiveIndexes(blobs),
    reports,
    waiting,
    hearing,
    secretKey,
    signingKey: new SigningKey(config.data),
    pipelineSettings: () => ({
      server: { url: url(), version: VERSION, revision: REVISION },
      secret_key: secretKey,
      compile: compileWith((input) => compiler.compile({ ...input, limits: compiled })),
      lint: (input, options) => looking.lint({ ...input, limits: compiled }, options),
      explain: (input) => looking.explain({ ...input, limits: compiled }),
      runForm: (input) => looking.runForm({ ...input, limits: compiled }),
      remote,
    }),
    loginAttempts: new LoginAttempts(config.limits),
    limits: config.limits,
    config,
    url,
  };
  const worker = new Worker(db, { clock, report })
    .handle(...deleteBlobs(blobs))
    .handle(...sealTraces(db, blobs, logs, clock, extractCoverage(db, coverage, report)))
    .handle(...expireProjects(db))
    .handle(...readReports(reports))
    .handle(...provisionRepositories(db, repositories))
    .handle(...housekeepRepositories(db, repositories, clock))
    .handle(...eraseProjects(db, repositories, clock))
    .handle(...assignResources(db, clock))
    .handle(...updateEnvironments(db, repositories, parts.pipelineSettings))
    .handle(...stopEnvironments(db, config.limits.archive_builds_in, clock))
    .handle(...stopBranches(db, clock))
    .handle(...deleteEnvironments(db, clock))
    .handle(...startPipelines(db, repositories, clock))
    .handle(...deletePipelineRef(repositories))
    .handle(...cancelRedundantPipelines(db, repositories, clock))
    .handle(...enqueueScheduledJobs(db, config.limits.stale_schedule, clock, hearing))
    .handle(...followSchedules(db, clock))
    .handle(...runSchedules(db, { repositories, settings: parts.pipelineSettings }, clock))
    .handle(...syncBridges(db, () => downstreamParts(parts), clock))
    .handle(...cancelDownstreams(db, clock))
    .handle(...cancelPipelines(db, clock))
    .handle(...deletePipelines(db, clock))
    .onSetBack(shortenOffers)
    .onSetBack(shortenAllDelays)
    .onSetBack(correctSchedules)
    .addRepeating(...expireArtifacts(db, clock))
    .addRepeating(...forgetUnitTests(db, clock))
    .addRepeating(...forgetManagers(db, clock))
    .addRepeating(...forgetSessions(db, config.limits.session_expire_delay, clock))
    .addRepeating(...foldStorage(db))
    .addRepeating(...applyRetention(db, config.limits, clock))
    .addRepeating('take_back_offers', OFFERS_EVERY_MS, async () => {
      hearing.look();
      await takeBackOffers(db, clock(), hearing.lateBy(config.limits.job_acknowledge));
    })
    .addRepeating('tidy_turns', TURNS_EVERY_MS, () => tidyTurns(db))
    .addRepeating('fail_silent_jobs', SILENCE_EVERY_MS, async () => {
      hearing.look();
      await failSilentJobs(db, silenceOf(config.limits), ONLINE_FOR, clock(), hearing.isOver);
    })
    .addRepeating('accept_open_pushes', PUSHES_EVERY_MS, () =>
      acceptOpenPushes(db, repositories, parts.pipelineSettings(), clock(), ({ id }, error) =>
        report(`push ${id} has no pipelines yet`, error),
      ),
    );
  const stopCompiling = () => [compiler, looking].forEach((thread) => thread.stop());
  return { parts, worker, stopCompiling };
}

const downstreamParts = ({
  repositories,
  blobs,
  indexes,
  pipelineSettings,
  limits,
}: Parts): DownstreamParts => ({
  files: { repositories, blobs, indexes },
  settings: pipelineSettings(),
  limits,
});

const silenceOf = (limits: Limits): Silence => ({
  running: limits.silent_running,
  canceling: limits.silent_canceling,
  pending_unmatched: limits.pending_unmatched,
  pending_matched: limits.pending_matched,
  archived: limits.archive_builds_in,
});
