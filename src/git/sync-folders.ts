import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GitFolder } from './run-git.ts';

/**
 * git syncs the files that it writes (`core.fsync`), but not the folders in which it renames them into
 * place; after power loss a whole file may be without a name. These calls make the names last, and are
 * made before anybody is told of a success.
 */

/** The names of refs, created, moved or deleted. */
export async function syncRefs(where: GitFolder, refs: readonly string[]): Promise<void> {
  const folders = new Set([where.folder, join(where.folder, 'refs')]);
  for (const ref of refs)
    for (let at = dirname(ref); at.startsWith('refs/'); at = dirname(at)) folders.add(join(where.folder, at));
  await Promise.all([...folders].map(syncFolder));
}

/** The names of packs. */
export async function syncPacks(where: GitFolder): Promise<void> {
  await syncFolder(join(where.folder, 'objects'));
  await syncFolder(join(where.folder, 'objects', 'pack'));
}

/** The name of one object that is no pack's. */
export async function syncLooseObject(where: GitFolder, id: string): Promise<void> {
  await syncFolder(join(where.folder, 'objects'));
  await syncFolder(join(where.folder, 'objects', id.slice(0, 2)));
}

/** A folder that does not exist (any more) has nothing to keep. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
