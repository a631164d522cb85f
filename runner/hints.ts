/** What is to be done when a job of this number is spoken of. */
const awaited = new Map<number, () => void>();

/**
 * Calls `then` whenever the program that started this one says, over the IPC channel, that the job has changed. It says
 * no more than that: how the job is, the server is asked. The result ends the listening.
 */
export function onHint(jobId: number, then: () => void): () => void {
  if (awaited.size === 0) process.on('message', hear);
  awaited.set(jobId, then);
  return () => {
    awaited.delete(jobId);
    if (awaited.size === 0) process.off('message', hear);
  };
}

function hear(message: unknown): void {
  if (typeof message !== 'object' || message === null || !('job_id' in message)) return;
  if (typeof message.job_id === 'number') awaited.get(message.job_id)?.();
}
