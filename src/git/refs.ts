import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseIdentity, splitObject } from './commit.ts';
import type { Repository } from './repository.ts';
import { runGit } from './run-git.ts';

/** A branch or a tag: its name without `refs/heads/` or `refs/tags/`, and the object it points to. */
export interface Ref {
  name: string;
  target: string;
}

export type RefKind = 'branches' | 'tags';

const FOLDERS = { branches: 'refs/heads/', tags: 'refs/tags/' } as const;

/** `updated` is the date of the commit, or of an annotated tag; `version` sorts v2 before v10. */
export type RefOrder = 'name' | 'updated' | 'version';

const SORT_KEYS = { name: 'refname', updated: 'creatordate', version: 'version:refname' } as const;

/**
 * All branches or tags whose name has `search` in it, whatever the case; `^v1` begins with it, `rc$`
 * ends with it.
 */
export async function listRefs(
  repository: Repository,
  kind: RefKind,
  options: { search?: string | undefined; order?: RefOrder; descending?: boolean } = {},
): Promise<Ref[]> {
  const key = SORT_KEYS[options.order ?? 'name'];
  // Equal dates: by name, so that pages do not overlap.
  const sort = ['--sort=refname', `--sort=${options.descending ? '-' : ''}${key}`];
  const found = await forEachRef(repository, sort, [FOLDERS[kind]]);
  const fits = matcher(options.search);
  return found
    .map(({ ref, target }) => ({ name: ref.slice(FOLDERS[kind].length), target }))
    .filter(({ name }) => fits(name));
}

function matcher(search = ''): (name: string) => boolean {
  const [, start = '', text = '', end = ''] = /^(\^?)(.*?)(\$?)$/s.exec(search.toLowerCase()) ?? [];
  return (name) => {
    const lower = name.toLowerCase();
    if (start && end) return lower === text;
    if (start) return lower.startsWith(text);
    return end ? lower.endsWith(text) : lower.includes(text);
  };
}

/** Names of the branches or tags whose history has the commit, given by its SHA. */
export async function refsContaining(repository: Repository, kind: RefKind, commit_id: string) {
  const found = await forEachRef(repository, [`--contains=${commit_id}`], [FOLDERS[kind]]);
  return found.map(({ ref }) => ref.slice(FOLDERS[kind].length));
}

/** Whether the history of any branch or tag has the commit, given by its SHA. */
export async function isInHistory(repository: Repository, commit_id: string): Promise<boolean> {
  const found = await forEachRef(
    repository,
    ['--count=1', `--contains=${commit_id}`],
    [FOLDERS.branches, FOLDERS.tags],
  );
  return found.length > 0;
}

/** Names of the branches that have nothing which the commit, given by its SHA, has not. */
export async function mergedBranches(repository: Repository, commit_id: string): Promise<Set<string>> {
  const found = await forEachRef(repository, [`--merged=${commit_id}`], [FOLDERS.branches]);
  return new Set(found.map(({ ref }) => ref.slice(FOLDERS.branches.length)));
}

/** Has the repository no branch yet? */
export async function isEmpty(repository: Repository): Promise<boolean> {
  // Mostly a branch stands there as a file, and to see one takes a tenth of what it takes to start git.
  const files = await readdir(join(repository.folder, FOLDERS.branches), { withFileTypes: true }).catch(
    () => [],
  );
  if (files.some((file) => file.isFile() && !file.name.endsWith('.lock'))) return false;
  return (await forEachRef(repository, ['--count=1'], [FOLDERS.branches])).length === 0;
}

/** What each of these full refs points to; those that do not exist are not in the map. */
export async function refValues(
  repository: Repository,
  refs: readonly string[],
): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  // Patterns are arguments: so many at a time fit any system's bound.
  for (let at = 0; at < refs.length; at += 500) {
    const wanted = new Set(refs.slice(at, at + 500));
    // A pattern also finds what is below it.
    for (const { ref, target } of await forEachRef(repository, [], [...wanted]))
      if (wanted.has(ref)) values.set(ref, target);
  }
  return values;
}

async function forEachRef(repository: Repository, options: string[], patterns: string[]) {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', ...options, '--', ...patterns];
  const lines = (await runGit(repository, args)).toString().split('\n').filter(Boolean);
  return lines.map((line) => ({ target: line.slice(0, 40), ref: line.slice(41) }));
}

/** What stands in an annotated tag. */
export interface Annotation {
  message: string;
  tagger_name: string;
  /** In the tagger's zone. */
  created_at: string;
}

/** The annotation of a tag's target; undefined for a lightweight tag. */
export async function readAnnotation(
  repository: Repository,
  target: string,
): Promise<Annotation | undefined> {
  const object = await repository.objects.read(target);
  if (object?.type !== 'tag') return undefined;
  const { headers, body } = splitObject(object.content);
  const tagger = parseIdentity(headers.find(([key]) => key === 'tagger')?.[1] ?? '');
  const signature = body.search(
    /^-----BEGIN (PGP SIGNATURE|PGP MESSAGE|SSH SIGNATURE|SIGNED MESSAGE)-----$/m,
  );
  return {
    message: (signature < 0 ? body : body.slice(0, signature)).trimEnd(),
    tagger_name: tagger.name,
    created_at: tagger.date,
  };
}
