import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database, Transaction } from '../db/database.ts';
import { findProject } from '../projects/project-store.ts';
import type { Handler } from '../work/worker.ts';
import { addWork } from '../work/work-store.ts';
import type { Repositories, Repository } from './repository.ts';
import { runGit } from './run-git.ts';

/** The kind of work that tidies a repository up; the key is the project's id, so it is done once at a time. */
const HOUSEKEEPING = 'housekeeping';

/** Has the project's repository tidied up soon. */
export async function housekeepLater(tx: Transaction, project_id: number, now: number): Promise<void> {
  await addWork(tx, { kind: HOUSEKEEPING, key: String(project_id), due_at: now });
}

/** For `Worker.handle(...housekeepRepositories(…))`. */
export const housekeepRepositories = (
  db: Database,
  repositories: Repositories,
  clock: () => number,
): [kind: string, handler: Handler] => [
  HOUSEKEEPING,
  async ({ key }) => {
    const project = await findProject(db.read, key);
    if (project) await housekeep(repositories.of(project.id), clock());
  },
];

/** Every push and every commit over the API leaves a pack; from so many on, lookups suffer. */
const MANY_PACKS = 20;

/** A lock this old belongs to a git that died: none holds one for longer than a moment. */
const STALE_LOCK_MS = 60 * 60 * 1000;

/** No push takes this long. */
const STALE_PUSH_MS = 24 * 60 * 60 * 1000;

/** Is there enough to tidy up? One look into a folder, cheap enough after every push. */
export async function needsHousekeeping(repository: Repository): Promise<boolean> {
  const files = await readdir(join(repository.folder, 'objects', 'pack')).catch(() => []);
  return files.filter((file) => file.endsWith('.pack')).length > MANY_PACKS;
}

/**
 * Joins small packs into larger ones (each byte is rewritten a logarithmic number of times), packs refs,
 * and indexes the history for reads by path. Nothing is thrown away: a job may be retried long after its
 * branch was deleted or overwritten. May run beside pushes and reads, but once at a time.
 */
export async function housekeep(repository: Repository, now: number): Promise<void> {
  await removeLeftovers(repository, now);
  await runGit(repository, ['repack', '--geometric=2', '-d', '-q']);
  await runGit(repository, ['pack-refs', '--all']);
  await runGit(repository, ['reflog', 'expire', '--expire=30.days.ago', '--all']);
  await runGit(repository, ['commit-graph', 'write', '--reachable', '--changed-paths', '--no-progress']);
}

/**
 * What a git left behind that was killed: locks (a ref with a lock cannot move), packs half received, and
 * marks of packs in the making, which would never be joined.
 */
async function removeLeftovers(repository: Repository, now: number): Promise<void> {
  const locks = ['HEAD.lock', 'config.lock', 'packed-refs.lock'];
  for (const file of await readdir(join(repository.folder, 'refs'), { recursive: true }))
    if (file.endsWith('.lock')) locks.push(join('refs', file));
  const received: string[] = [];
  for (const file of await readdir(join(repository.folder, 'objects')))
    if (/^(tmp_objdir-)?incoming-/.test(file)) received.push(join('objects', file));
  for (const file of await readdir(join(repository.folder, 'objects', 'pack')))
    if (file.startsWith('tmp_') || file.endsWith('.keep')) received.push(join('objects', 'pack', file));
  await removeOlder(repository, locks, now - STALE_LOCK_MS);
  await removeOlder(repository, received, now - STALE_PUSH_MS);
}

async function removeOlder(repository: Repository, names: readonly string[], than: number) {
  for (const name of names) {
    const file = join(repository.folder, name);
    const status = await stat(file).catch(() => undefined);
    if (status && status.mtimeMs < than) await rm(file, { recursive: true, force: true });
  }
}
