import type { Database } from '../db/database.ts';
import { PROVISION_REPOSITORY } from '../projects/create-project.ts';
import { findProject } from '../projects/project-store.ts';
import type { Handler } from '../work/worker.ts';
import type { Repositories } from './repository.ts';

/**
 * For `Worker.handle(...provisionRepositories(…))`: makes the repository of a project whose maker did not
 * live to do it. One that is there stays as it is.
 */
export const provisionRepositories = (
  db: Database,
  repositories: Repositories,
): [kind: string, handler: Handler] => [
  PROVISION_REPOSITORY,
  async ({ key }) => {
    const project = await findProject(db.read, key);
    if (project) await repositories.create(project.id, project.default_branch ?? 'main');
  },
];
