import type { RunnerClient } from './client.ts';
import type { Engine } from './engine.ts';
import { knownReason } from './failure.ts';
import { log, messageOf } from './log.ts';
import { killProcesses, numberingId } from './processes.ts';
import type { JobRecord, StateFolder } from './state-folder.ts';
import { Trace } from './trace.ts';
import { TraceSender } from './trace-sender.ts';

/**
 * Removes the containers and kills every process of the jobs that an earlier runner left behind. Called before any work is asked for, so
 * that no job runs beside its own retry.
 */
export async function killLeftovers(records: JobRecord[], engine?: Engine): Promise<void> {
  const numbering = numberingId();
  for (const record of records) {
    // Containers outlive a boot, at least those that have ended.
    await engine?.removeAll(record.mark);
    if (record.numbering !== numbering) continue;
    const killed = await killProcesses(record.mark, record.leaders);
    log('info', 'a job left behind was ended', { job_id: record.id, processes: killed });
  }
}

/**
 * Tells the server about a job that an earlier runner left behind: the rest of its log, and that it was
 * interrupted, unless it had ended before. The record goes once the server has answered.
 */
export async function reportLeftover(
  client: RunnerClient,
  state: StateFolder,
  record: JobRecord,
  signal: AbortSignal,
): Promise<void> {
  try {
    const trace = new Trace(state.tracePath(record.mark), Infinity);
    try {
      if (!record.outcome) {
        trace.append('\n\x1b[31;1mERROR: Job failed: the runner was stopped while the job ran\x1b[0;m\n');
        const failure_reason = knownReason('runner_interrupted', record.failure_reasons);
        record.outcome = { state: 'failed', failure_reason };
        state.write(record);
      }
      const sender = new TraceSender(client, record, trace, { debugTrace: false, observe: () => false });
      if (await sender.finish(record.outcome, signal)) state.remove(record);
    } finally {
      trace.close();
    }
  } catch (error) {
    log('error', 'a job left behind could not be reported', { job_id: record.id, error: messageOf(error) });
  }
}
