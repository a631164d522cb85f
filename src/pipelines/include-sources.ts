import { findUser } from '../access/access-store.ts';
import type {
  ArtifactAnswer,
  Ask,
  CommitAnswer,
  Reader,
  SourceCommit,
  SourceKind,
  Sources,
} from '../ci/sources.ts';
import type { Database } from '../db/database.ts';
import { readFileAt } from '../git/file.ts';
import type { Repositories, Repository } from '../git/repository.ts';
import { findCommitId } from '../git/revision.ts';
import { findProject, type Project } from '../projects/project-store.ts';
import { mayReadCode } from '../projects/user-role.ts';
import { findVersion, type FoundVersion } from './component-version.ts';
import { MAX_TOGETHER, type RemoteFiles, type Room } from './remote-files.ts';
import { readTemplate } from './template-files.ts';

/** Where the files are that configurations include. */
export interface IncludeParts {
  db: Database;
  repositories: Repositories;
  remote: RemoteFiles;
  /** The address of this server. */
  url: string;
  /** Of the pipeline above, where there is one. */
  readArtifact?: (job: string, path: string) => Promise<ArtifactAnswer>;
}

/** The files of a commit's repository, as far as they are text. */
export async function readText(
  repositories: Repositories,
  { project_id, sha }: Pick<SourceCommit, 'project_id' | 'sha'>,
  path: string,
): Promise<string | null> {
  return (await readFileAt(repositories.of(project_id), sha, path))?.toString('utf8') ?? null;
}

/** Answers what the includes of a configuration ask, with the rights of the user whose pipeline it is. */
export function includeSources(
  { db, repositories, remote, url, readArtifact }: IncludeParts,
  user: { id: number },
  now: number,
): Ask {
  const room: Room = { bytes: MAX_TOGETHER };
  const mayRead = async (project: Project, reader: Reader) => {
    const actor = reader === 'user' ? await findUser(db.read, user.id) : null;
    return await mayReadCode(db.read, actor, project, now);
  };
  const commitOf = async (
    path: string,
    reader: Reader,
    find: (repository: Repository, project: Project) => Promise<Partial<FoundVersion>>,
  ): Promise<CommitAnswer> => {
    const project = path.includes('/') ? await findProject(db.read, path) : null;
    if (!project || !(await mayRead(project, reader))) return { missing: 'project' };
    const { sha, version = null } = await find(repositories.of(project.id), project);
    if (sha === undefined) return { missing: 'ref' };
    return { commit: { project_id: project.id, project: project.path_with_namespace, sha }, version };
  };
  const answers: {
    [Kind in SourceKind]: (asked: Sources[Kind]['question']) => Promise<Sources[Kind]['answer']>;
  } = {
    file: ({ at, path }) => readText(repositories, at, path),
    project: ({ path, ref, reader }) =>
      commitOf(path, reader, async (repository, { default_branch }) => {
        const revision = ref ?? default_branch;
        const sha = revision === null ? undefined : await findCommitId(repository, revision);
        return sha === undefined ? {} : { sha };
      }),
    remote: ({ files }) => remote.fetch(files, room),
    template: ({ name }) => readTemplate(name),
    artifact: async ({ job, path }) => (await readArtifact?.(job, path)) ?? { missing: 'parent' },
    component: async ({ host, project, version, reader }) =>
      host.toLowerCase() === new URL(url).host
        ? await commitOf(
            project,
            reader,
            async (repository) => (await findVersion(repository, version)) ?? {},
          )
        : { missing: 'host' },
  };
  return (kind, question) => answers[kind](question);
}
