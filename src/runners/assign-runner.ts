import type { Database } from '../db/database.ts';
import { apiError } from '../errors.ts';
import { deleteRunnerProject, insertRunnerProject, type Runner, someProjectsOf } from './runner-store.ts';

/**
 * Lets a project runner run this project's jobs too.
 * @throws 400 when the runner is an instance's, or the project's already
 */
export async function assignRunner(db: Database, runner: Runner, project_id: number): Promise<void> {
  if (runner.runner_type === 'instance_type')
    throw apiError('plain', 'Transitioning an instance runner to a project runner is not supported');
  const added = await db.write((tx) => insertRunnerProject(tx, { runner_id: runner.id, project_id }));
  if (!added) throw apiError('plain', 'Validation failed: Runner projects runner has already been taken');
}

/**
 * Takes the project from the runner.
 * @throws 403 when it is its last: such a runner could never be found again. The built-in one can.
 */
export async function unassignRunner(db: Database, runner: Runner, project_id: number): Promise<void> {
  await db.write(async (tx) => {
    const projects = await someProjectsOf(tx, runner.id);
    if (projects.length === 1 && runner.built_in === 0)
      throw apiError(
        'forbidden_because',
        'Only one project associated with the runner. Please remove the runner instead',
      );
    await deleteRunnerProject(tx, { runner_id: runner.id, project_id });
  });
}
