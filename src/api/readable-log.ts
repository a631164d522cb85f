import { reaches, type Role } from '../access/permissions.ts';
import type { Database } from '../db/database.ts';
import { apiError } from '../errors.ts';
import { buildOf } from './jobs.ts';

/** Whether this role may read the log of the job: a debug trace shows the values of variables. */
export const mayReadLog = ({ debug_trace }: { debug_trace: 0 | 1 }, role: Role) =>
  debug_trace === 0 || reaches(role, 'developer');

/**
 * The job whose log this role may read.
 * @throws 404 where there is no such job, 403 where its log is not for them
 */
export async function jobWithLog(db: Database, project: { id: number }, role: Role, job_id: number) {
  const job = await buildOf(db, project.id, job_id);
  if (!mayReadLog(job, role)) throw apiError('forbidden');
  return job;
}
