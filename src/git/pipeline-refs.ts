import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GitError } from './git-error.ts';
import { refValues } from './refs.ts';
import { type Repository, ZERO_SHA } from './repository.ts';
import { syncRefs } from './sync-folders.ts';
import { updateRefs } from './update-refs.ts';

/** The ref under which runners fetch a pipeline's commit, whatever becomes of its branch. */
export const pipelineRef = (pipeline_id: number) => `refs/pipelines/${pipeline_id}`;

/** Others that make or delete the same refs at the same time are given way to so often. */
const TRIES = 5;

/** Those that are being made, by their paths. */
const making = new Map<string, Promise<void>>();

/**
 * Makes a pipeline's ref, which nobody ever gives another value; one that is there already is left. Written as git
 * writes a loose ref: to start git takes a large server longer than all else that a pipeline's creation does.
 * @throws GitError `failed`, or what the file system refuses
 */
export async function createPipelineRef(
  repository: Repository,
  { id, sha }: { id: number; sha: string },
): Promise<void> {
  const path = join(repository.folder, pipelineRef(id));
  // Who comes meanwhile begins no draft of a ref that is there by then: nobody would remove it should the server die.
  const under = making.get(path);
  if (under) return await under;
  const made = makeRef(repository, pipelineRef(id), path, sha).finally(() => making.delete(path));
  making.set(path, made);
  await made;
}

async function makeRef(repository: Repository, ref: string, path: string, sha: string): Promise<void> {
  // Where git looks for no ref.
  const draft = join(repository.folder, 'objects', 'pack', `tmp_pipeline_ref_${basename(ref)}`);
  try {
    if (await isThere(path)) return await syncRefs(repository, [ref]);
    await writeNew(draft, `${sha}\n`);
    await moveInto(draft, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' && code !== 'ENOENT') throw error;
    // A dead server has left its draft, or another task has removed the folder: git does it, and once.
    await givingWay(async () => {
      const isKnown = (await refValues(repository, [ref])).has(ref);
      if (!isKnown) await updateRefs(repository, [{ ref, old: ZERO_SHA, new: sha }]);
    });
  } finally {
    await rm(draft, { force: true });
  }
  await syncRefs(repository, [ref]);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}

/** @throws EEXIST when there is such a file */
async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function moveInto(from: string, to: string): Promise<void> {
  await mkdir(dirname(to)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rename(from, to);
}

/** Does it again when others were at the same refs. */
async function givingWay(change: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      await change();
      return;
    } catch (error) {
      const isRace = error instanceof GitError && (error.code === 'ref_exists' || error.code === 'stale');
      if (!isRace || attempt === TRIES) throw error;
    }
}

/** Deletes the pipelines' refs; those that are gone already do not matter, nor does a repository that is. */
export async function deletePipelineRefs(repository: Repository, ids: readonly number[]): Promise<void> {
  if (!(await isThere(repository.folder))) return;
  await givingWay(() => deleteThere(repository, ids));
}

async function deleteThere(repository: Repository, ids: readonly number[]): Promise<void> {
  const there = await refValues(repository, ids.map(pipelineRef));
  if (there.size === 0) return;
  await updateRefs(
    repository,
    [...there].map(([ref, old]) => ({ ref, old, new: ZERO_SHA })),
  );
}
