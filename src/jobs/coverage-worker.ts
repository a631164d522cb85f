import { parentPort, workerData } from 'node:worker_threads';
import { coverageIn, type LogFile } from './coverage.ts';

/** What the thread is started with; it tells the number, or null, and ends. */
export interface CoverageTask {
  log: LogFile;
  pattern: string;
}

const { log, pattern } = workerData as CoverageTask;
parentPort?.postMessage(coverageIn(log, pattern));
