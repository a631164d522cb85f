import { keepBlobs, ownBlob, releaseBlob } from '../blobs/blob-ownership.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Database, Transaction } from '../db/database.ts';
import type { Time } from '../db/rows/column.ts';
import { addWork } from '../work/work-store.ts';
import type { Handler } from '../work/worker.ts';
import { groupName } from './group-name.ts';
import type { ReportRequest, ReportResult } from './read-report.ts';
import { findUnreadReport, setRecorded, setReport, type UnreadReport } from './report-store.ts';
import { ReportThread } from './report-thread.ts';
import { deleteUnitTests, recordRuns } from './unit-test-store.ts';

const READ_REPORT = 'read_report';
/** Tests whose history one transaction writes. */
const BATCH = 200;
/** A test that has not run for so long is forgotten. */
const FORGOTTEN_AFTER_MS = 90 * 86_400_000;
const FORGET_EVERY_MS = 3_600_000;

/** Whether the server looks into reports of this type after their upload. */
export const isReadable = (type: string): type is ReportRequest['type'] =>
  type === 'junit' || type === 'cobertura' || type === 'jacoco';

/** Has the report read soon after this commits. */
export async function planReading(tx: Transaction, artifactId: number, now: Time): Promise<void> {
  await addWork(tx, { kind: READ_REPORT, key: String(artifactId), due_at: now });
}

/** Reads reports and notes what they come to: once, whoever asks first. */
export class Reports {
  readonly #db: Database;
  readonly #blobs: BlobStore;
  readonly #clock: () => number;
  readonly #limits: ReportRequest['limits'];
  readonly #thread = new ReportThread();
  readonly #reading = new Map<number, Promise<ReportResult | null>>();

  constructor(db: Database, blobs: BlobStore, clock: () => number, limits: ReportRequest['limits']) {
    this.#db = db;
    this.#blobs = blobs;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Makes sure that this artifact's report is read. Null: there is no such artifact (any more). */
  read(artifactId: number): Promise<ReportResult | null> {
    const reading =
      this.#reading.get(artifactId) ?? this.#read(artifactId).finally(() => this.#reading.delete(artifactId));
    this.#reading.set(artifactId, reading);
    return reading;
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }

  async #read(artifactId: number): Promise<ReportResult | null> {
    const unread = await findUnreadReport(this.#db.read, artifactId);
    const request = unread && requestOf(unread, this.#blobs, this.#limits);
    if (!request) return null;
    const { taken: staged, result } = await this.#thread.read(request, (written) =>
      this.#blobs.stage(written),
    );
    const { summary } = result;
    const isWhole = !('suite_error' in summary ? summary.suite_error : summary.error);
    const isWanted = unread.artifact.report === null;
    if (!isWhole || !isWanted) await this.#blobs.discard(staged);
    else await keepBlobs(this.#db, this.#blobs, [staged], this.#clock());
    if (!isWanted) return result;
    const report_key = isWhole ? staged.key : null;
    await this.#db.write(async (tx) => {
      const isSet = await setReport(tx, artifactId, { report: JSON.stringify(summary), report_key });
      if (report_key === null) return;
      if (isSet) await ownBlob(tx, report_key);
      else await releaseBlob(tx, report_key, this.#clock());
    });
    return result;
  }

  /** Reads a report and adds its results to the history of the tests; begun anew, it goes on where it was. */
  async readAndRecord(artifactId: number, signal: AbortSignal): Promise<void> {
    const result = await this.read(artifactId);
    if (result?.kind !== 'tests' || result.tests.length === 0) return;
    const found = await findUnreadReport(this.#db.read, artifactId);
    if (!found) return;
    const { job_id: id, project_id, unit_tests_recorded } = found.artifact;
    const suite_name = groupName(found.job.name);
    for (let at = unit_tests_recorded; at < result.tests.length; at += BATCH) {
      signal.throwIfAborted();
      const some = result.tests.slice(at, at + BATCH);
      await this.#db.write(async (tx) => {
        await recordRuns(tx, { id, project_id, suite_name }, some, this.#clock());
        await setRecorded(tx, artifactId, at + some.length);
      });
    }
  }
}

function requestOf(
  { artifact, job, path_with_namespace }: UnreadReport,
  blobs: BlobStore,
  limits: ReportRequest['limits'],
): ReportRequest | null {
  const { file_type: type, project_id, job_id, blob_key } = artifact;
  if (!isReadable(type)) return null;
  return {
    type,
    path: blobs.pathOf(blob_key),
    project: path_with_namespace,
    suite_name: groupName(job.name),
    artifacts: `/api/v4/projects/${project_id}/jobs/${job_id}/artifacts/`,
    limits,
  };
}

/** Does what planReading planned. For `Worker.handle(...)`. */
export const readReports = (reports: Reports): [kind: string, handler: Handler] => [
  READ_REPORT,
  ({ key }, signal) => reports.readAndRecord(Number(key), signal),
];

/** Forgets tests that are not there any more. For `Worker.addRepeating(...)`. */
export const forgetUnitTests = (
  db: Database,
  clock: () => number,
): [kind: string, everyMs: number, handler: Handler] => [
  'forget_unit_tests',
  FORGET_EVERY_MS,
  async (_work, signal) => {
    const before = clock() - FORGOTTEN_AFTER_MS;
    while (await db.write((tx) => deleteUnitTests(tx, { before }, BATCH))) signal.throwIfAborted();
  },
];

/** Removes the tests of a project, a batch a transaction: before the project is deleted. */
export async function eraseUnitTests(db: Database, project_id: number, signal: AbortSignal): Promise<void> {
  while (await db.write((tx) => deleteUnitTests(tx, { project_id }, BATCH))) signal.throwIfAborted();
}
