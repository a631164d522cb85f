import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError } from './git-error.ts';
import { isBranchName, isTagName } from './ref-name.ts';
import { refValues } from './refs.ts';
import { ZERO_SHA, type Repository } from './repository.ts';
import { resolveCommitId } from './revision.ts';
import { runGit, tryGit } from './run-git.ts';
import { syncLooseObject, syncRefs } from './sync-folders.ts';

/** A wish to move a full ref from `old` to `new`; `ZERO_SHA` stands for no such ref. */
export interface RefUpdate {
  ref: string;
  old: string;
  new: string;
}

/**
 * Makes all updates or none, and answers when they are kept.
 * @throws GitError `stale` when a ref is not at its `old` any more, `ref_exists` when one that is to be
 * created exists or has a name that is another's folder (`a` and `a/b`), `invalid_ref_name`
 */
export async function updateRefs(repository: Repository, updates: readonly RefUpdate[]): Promise<void> {
  const input = updates.map((update) => `update ${update.ref}\0${update.new}\0${update.old}\0`).join('');
  const { code, stderr } = await tryGit(repository, ['update-ref', '--stdin', '-z'], { input });
  if (code !== 0) throw reasonOf(stderr);
  await syncRefs(
    repository,
    updates.map(({ ref }) => ref),
  );
}

function reasonOf(stderr: string): GitError {
  if (
    /reference already exists|exists; cannot create|cannot process '[^']*' and '[^']*' at the same/.test(
      stderr,
    )
  )
    return new GitError('ref_exists', stderr);
  if (/ but expected |unable to resolve reference|cannot lock ref/.test(stderr))
    return new GitError('stale', stderr);
  if (/invalid ref format|bad ref|refusing to update ref with bad name/.test(stderr))
    return new GitError('invalid_ref_name', stderr);
  return new GitError('failed', `git update-ref: ${stderr}`);
}

/** The update that creates a branch at `revision`. @throws GitError `invalid_ref_name`, `unknown_revision` */
export async function branchCreation(
  repository: Repository,
  branch: string,
  revision: string,
): Promise<RefUpdate> {
  if (!isBranchName(branch)) throw new GitError('invalid_ref_name', branch);
  const id = await resolveCommitId(repository, revision);
  return { ref: `refs/heads/${branch}`, old: ZERO_SHA, new: id };
}

export interface Person {
  name: string;
  email: string;
}

/**
 * The update that creates a tag at `revision`: an annotated one when there is a message.
 * @throws GitError `invalid_ref_name`, `unknown_revision`
 */
export async function tagCreation(
  repository: Repository,
  tag: string,
  revision: string,
  annotation?: { message: string; tagger: Person; /** Milliseconds since 1970. */ now: number },
): Promise<RefUpdate> {
  if (!isTagName(tag)) throw new GitError('invalid_ref_name', tag);
  const commit_id = await resolveCommitId(repository, revision);
  const ref = `refs/tags/${tag}`;
  if (!annotation?.message) return { ref, old: ZERO_SHA, new: commit_id };
  const { message, tagger, now } = annotation;
  const input =
    `object ${commit_id}\ntype commit\ntag ${tag}\ntagger ${formatPerson(tagger, now)}\n\n` +
    message.replaceAll('\0', '').replace(/\n*$/, '\n');
  const id = (await runGit(repository, ['mktag'], { input })).toString().trim();
  await syncLooseObject(repository, id);
  return { ref, old: ZERO_SHA, new: id };
}

/**
 * The update that deletes a full ref as it stands now; undefined when there is none.
 */
export async function refDeletion(repository: Repository, ref: string): Promise<RefUpdate | undefined> {
  const old = (await refValues(repository, [ref])).get(ref);
  return old === undefined ? undefined : { ref, old, new: ZERO_SHA };
}

/**
 * Which of these updates took effect, as far as the repository can tell afterwards: the ref is where the
 * update wanted it, or its log shows that it has been there. For pushes whose end the server missed.
 */
export async function appliedUpdates<Update extends RefUpdate>(
  repository: Repository,
  updates: readonly Update[],
): Promise<Update[]> {
  const values = await refValues(
    repository,
    updates.map(({ ref }) => ref),
  );
  const applied: Update[] = [];
  for (const update of updates)
    if ((values.get(update.ref) ?? ZERO_SHA) === update.new || (await isLogged(repository, update)))
      applied.push(update);
  return applied;
}

/** git logs the moves of branches (not of tags), until the branch is deleted. */
async function isLogged(repository: Repository, update: RefUpdate): Promise<boolean> {
  const log = await readFile(join(repository.folder, 'logs', update.ref), 'utf8').catch(() => '');
  return log.split('\n').some((line) => line.startsWith(`${update.old} ${update.new} `));
}

/** `Name <email> seconds zone`, without what would end a field early. */
export function formatPerson({ name, email }: Person, now: number): string {
  return `${clean(name) || 'unknown'} <${clean(email)}> ${Math.floor(now / 1000)} +0000`;
}

const clean = (text: string) => text.replace(/[\x00-\x1f<>]/g, '').trim();
