import { apiError } from '../errors.ts';
import type { ProjectCall } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { mayUpdateRef } from '../projects/may-update-ref.ts';

/** @throws 403 when the ref of this job or pipeline is protected from the caller */
export async function checkRef(
  { db }: Pick<Parts, 'db'>,
  { project, role }: Pick<ProjectCall<unknown>, 'project' | 'role'>,
  { ref, tag }: { ref: string; tag: 0 | 1 },
): Promise<void> {
  if (!(await mayUpdateRef(db.read, project.id, role, { name: ref, tag: tag === 1 })))
    throw apiError('forbidden');
}
