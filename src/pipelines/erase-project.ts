import { eraseProjectFiles } from '../artifacts/erase-job-files.ts';
import type { Database } from '../db/database.ts';
import type { Repositories } from '../git/repository.ts';
import { ERASE_PROJECT } from '../projects/delete-project.ts';
import { sweepNamespaces } from '../projects/group-store.ts';
import { deleteProjectRow, findDeletedProject } from '../projects/project-store.ts';
import { eraseUnitTests } from '../reports/reports.ts';
import type { Handler } from '../work/worker.ts';
import { deleteSomePipelines, deleteSomeRows } from './pipeline-erase-store.ts';

/** Pipelines that one transaction removes: others write in between. */
const BATCH = 20;
/** Of what has no rows below it. */
const ROWS = 500;

/**
 * For `Worker.handle(...eraseProjects(…))`: removes what is left of a deleted project, the row last, so
 * that whatever interrupts it, it is taken up again. Its jobs' tokens have been refused since it was
 * deleted; a log that still arrived makes the removal of its job fail, and the next try removes it.
 */
export const eraseProjects = (
  db: Database,
  repositories: Repositories,
  clock: () => number,
): [kind: string, handler: Handler] => [
  ERASE_PROJECT,
  async ({ key }, signal) => {
    const project = await findDeletedProject(db.read, Number(key));
    if (!project) return;
    await eraseProjectFiles(db, project.id, clock);
    await eraseUnitTests(db, project.id, signal);
    while (await db.write((tx) => deleteSomePipelines(tx, project.id, BATCH, clock())))
      signal.throwIfAborted();
    while (await db.write((tx) => deleteSomeRows(tx, project.id, ROWS))) signal.throwIfAborted();
    await repositories.delete(project.id);
    await db.write(async (tx) => {
      await deleteProjectRow(tx, project.id);
      await sweepNamespaces(tx, project.namespace_id);
    });
  },
];
