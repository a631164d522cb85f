import { Reply } from '../http/route.ts';
import type { JobStatus } from '../jobs/job-state.ts';

/** A reply to a runner about its job: the code as its text, and the status the job has now. */
export const jobReply = (code: number, status: JobStatus, headers: Record<string, string> = {}): Reply =>
  new Reply(code, String(code), { 'Job-Status': status, 'Content-Type': 'text/plain', ...headers });
