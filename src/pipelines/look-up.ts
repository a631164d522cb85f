import { findUser } from '../access/access-store.ts';
import type { Answer, Question } from '../ci/repository-view.ts';
import type { Database } from '../db/database.ts';
import { changedPaths, mergeBase } from '../git/changes.ts';
import { lastCommitId } from '../git/list-commits.ts';
import { type Repositories, type Repository, ZERO_SHA } from '../git/repository.ts';
import { findCommitId } from '../git/revision.ts';
import { listFiles } from '../git/tree.ts';
import { findProject } from '../projects/project-store.ts';
import { mayReadCode } from '../projects/user-role.ts';

/** With more changed paths than this every rule matches: it is more than the comparisons that are made. */
const MOST_CHANGES = 50_000;
/** Of more files it is not known which are there, and every rule matches. */
const MOST_FILES = 500_000;

/** Of which pipeline rules ask. */
interface Asking {
  project: { id: number };
  user: { id: number };
  sha: string;
  before_sha: string;
  tag: boolean;
}

/** Answers what the rules of a pipeline ask of repositories, with the eyes of its user. */
export function lookUp(
  db: Database,
  repositories: Repositories,
  { project, user, sha, before_sha, tag }: Asking,
  now: number,
): (question: Question) => Promise<Answer> {
  const repository = repositories.of(project.id);

  const changes = async (compare_to: string | null): Promise<Answer> => {
    if (compare_to === null) {
      const isKnown = !tag && before_sha !== ZERO_SHA && (await findCommitId(repository, before_sha));
      return isKnown ? await changesBetween(repository, before_sha, sha) : { paths: null };
    }
    const other = await findCommitId(repository, compare_to);
    if (other === undefined) return { unknown: 'ref' };
    const base = await mergeBase(repository, other, sha);
    return base === undefined ? { paths: null } : await changesBetween(repository, base, sha);
  };

  const filesElsewhere = async (path: string, ref: string | null, recursive: boolean): Promise<Answer> => {
    const [found, actor] = await Promise.all([findProject(db.read, path), findUser(db.read, user.id)]);
    if (!found || !(await mayReadCode(db.read, actor ?? null, found, now))) return { unknown: 'project' };
    const there = repositories.of(found.id);
    const revision = ref ?? found.default_branch;
    const commit = revision === null ? undefined : await findCommitId(there, revision);
    if (commit !== undefined) return await filesOf(there, commit, recursive);
    return ref === null ? { paths: '' } : { unknown: 'ref' };
  };

  return async (question) => {
    if (question.kind === 'changed_paths') return await changes(question.compare_to);
    if (question.kind === 'last_commit')
      return { commit: (await lastCommitId(repository, sha, question.path)) ?? null };
    const { project: path, ref, recursive } = question;
    return path === null
      ? await filesOf(repository, sha, recursive)
      : await filesElsewhere(path, ref, recursive);
  };
}

async function changesBetween(repository: Repository, from: string, to: string): Promise<Answer> {
  return answer(await changedPaths(repository, from, to, MOST_CHANGES + 1), MOST_CHANGES);
}

async function filesOf(repository: Repository, commit: string, recursive: boolean): Promise<Answer> {
  return answer(await listFiles(repository, commit, { recursive, limit: MOST_FILES + 1 }), MOST_FILES);
}

const answer = (paths: string[], most: number): Answer => ({
  paths: paths.length > most ? null : paths.map((path) => `${path}\0`).join(''),
});
