import type { ServedJob } from './protocol-server.ts';
import { until } from './runner-process.ts';

/** A variable for jobs that need no repository. */
export const NO_GIT = variable('GIT_STRATEGY', 'empty');

export function script(...lines: string[]): Record<string, unknown> {
  return { name: 'script', script: lines, when: 'on_success', allow_failure: false };
}

export function afterScript(...lines: string[]): Record<string, unknown> {
  return { name: 'after_script', script: lines, when: 'always', allow_failure: true };
}

export function variable(
  key: string,
  value: string,
  flags: Record<string, boolean> = {},
): Record<string, unknown> {
  return { key, value, ...flags };
}

/** What the server has of the job's log. */
export function log(job: ServedJob): string {
  return job.trace.toString();
}

/** The last that the runner has told of the job. */
export function last(job: ServedJob): Record<string, unknown> {
  return job.updates.at(-1) ?? {};
}

export async function ended(job: ServedJob): Promise<void> {
  await until(`job ${job.id} has ended; its log is ${log(job)}`, () =>
    ['success', 'failed', 'canceled'].includes(job.status),
  );
}
