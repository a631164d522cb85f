import type { Database } from '../db/database.ts';
import type { LogReader } from '../traces/seal-trace.ts';
import type { CoverageThread } from './coverage-thread.ts';
import { readJobSpecs, setCoverage } from './job-store.ts';

/** For `sealTraces`: reads a job's coverage out of its log (`coverage`). It is stored with the log's end. */
export function extractCoverage(
  db: Database,
  thread: CoverageThread,
  report: (message: string, error: unknown) => void,
): LogReader {
  return async (jobId, log) => {
    const pattern = (await readJobSpecs(db.read, [{ id: jobId }])).get(jobId)?.coverage ?? null;
    if (pattern === null) return null;
    try {
      const coverage = await thread.read({ log, pattern });
      return (tx) => setCoverage(tx, jobId, coverage);
    } catch (error) {
      // The log must not stay open for ever because of it.
      report(`the coverage of job ${jobId} cannot be read`, error);
      return null;
    }
  };
}
