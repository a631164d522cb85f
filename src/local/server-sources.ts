import type { Answer, Question } from '../ci/repository-view.ts';
import type { Ask, CommitAnswer, Reader, SourceKind, Sources } from '../ci/sources.ts';
import { isBranchName } from '../git/ref-name.ts';
import { findVersionAmong, type FoundVersion } from '../pipelines/component-version.ts';
import { type ApiClient, ApiRefusal, asPart } from './api-client.ts';

/** A project as another server tells it. */
interface ThereProject {
  id: number;
  path_with_namespace: string;
  /** Null: it is empty; absent: its code is not for this token to read. */
  default_branch?: string | null;
  visibility?: string;
}

/**
 * Answers what includes and rules ask of other projects with what a Jobyard or a GitLab has of them, as its API tells
 * whose token the client has, and templates that it shows; the rest asks `near`.
 */
export function serverSources(api: ApiClient, near: Ask): Ask {
  const projects = new Map<string, Promise<ThereProject | null>>();
  const projectOf = async (path: string, reader: Reader) => {
    const asked = projects.get(path) ?? orNull(api.get<ThereProject>(`/projects/${asPart(path)}`));
    projects.set(path, asked);
    const project = await asked;
    return reader === 'nobody' && project?.visibility !== 'public' ? null : project;
  };
  const commitOf = async (
    path: string,
    reader: Reader,
    find: (project: ThereProject) => Promise<FoundVersion | undefined>,
  ): Promise<CommitAnswer> => {
    const project = path.includes('/') ? await projectOf(path, reader) : null;
    if (!project) return { missing: 'project' };
    const found = await find(project);
    if (!found) return { missing: 'ref' };
    const { id: project_id, path_with_namespace } = project;
    return { commit: { project_id, project: path_with_namespace, sha: found.sha }, version: found.version };
  };
  const answers: {
    [Kind in SourceKind]: (asked: Sources[Kind]['question']) => Promise<Sources[Kind]['answer']>;
  } = {
    file: ({ at, path }) => readFile(api, at.project_id, at.sha, path),
    project: ({ path, ref, reader }) =>
      commitOf(path, reader, async ({ id, default_branch }) => {
        const revision = ref ?? default_branch ?? null;
        const sha = revision === null ? undefined : await commitId(api, id, revision);
        return sha === undefined ? undefined : { sha, version: null };
      }),
    remote: (asked) => near('remote', asked),
    template: async (asked) => (await templateThere(api, asked.name)) ?? (await near('template', asked)),
    artifact: (asked) => near('artifact', asked),
    component: async ({ host, project, version, reader }) =>
      host.toLowerCase() === new URL(api.url).host
        ? await commitOf(project, reader, ({ id }) => findVersionAmong(refsOf(api, id), version))
        : { missing: 'host' },
  };
  return (kind, question) => answers[kind](question);
}

/** The same for `rules:exists` with a project. */
export const serverLookUp =
  (api: ApiClient, near: (question: Question) => Promise<Answer>) =>
  async (question: Question): Promise<Answer> => {
    if (question.kind !== 'files' || question.project === null) return await near(question);
    const project = await orNull(api.get<ThereProject>(`/projects/${asPart(question.project)}`));
    if (!project) return { unknown: 'project' };
    const ref = question.ref ?? project.default_branch ?? null;
    if (ref === null) return { paths: '' };
    const path = `/projects/${project.id}/repository/tree?recursive=${question.recursive}&ref=${asPart(ref)}`;
    const entries = await orNull(api.all<{ path: string; type: string }>(path));
    if (!entries) return question.ref === null ? { paths: '' } : { unknown: 'ref' };
    return { paths: entries.flatMap((entry) => (entry.type === 'blob' ? `${entry.path}\0` : [])).join('') };
  };

async function readFile(
  api: ApiClient,
  project_id: number,
  sha: string,
  path: string,
): Promise<string | null> {
  const at = `/projects/${project_id}/repository/files/${asPart(path)}/raw?ref=${sha}`;
  const reply = await orNull(api.request('GET', at));
  return reply && (await reply.text());
}

const commitId = async (api: ApiClient, project_id: number, revision: string) =>
  (await orNull(api.get<{ id: string }>(`/projects/${project_id}/repository/commits/${asPart(revision)}`)))
    ?.id;

function refsOf(api: ApiClient, project_id: number) {
  const at = `/projects/${project_id}/repository`;
  const tip = async (kind: 'tags' | 'branches', name: string) =>
    (await orNull(api.get<{ commit: { id: string } | null }>(`${at}/${kind}/${asPart(name)}`)))?.commit?.id;
  return {
    commit: (sha: string) => commitId(api, project_id, sha),
    tag: (name: string) => tip('tags', name),
    // A server refuses what can be no name, as `~latest`.
    branch: async (name: string) => (isBranchName(name) ? await tip('branches', name) : undefined),
    tags: async () => (await api.all<{ name: string }>(`${at}/tags`)).map(({ name }) => name),
  };
}

/** Templates that a server shows are its own. */
async function templateThere(api: ApiClient, name: string): Promise<string | null> {
  const key = name.replace(/\.gitlab-ci\.yml$/, '');
  const there = await orNull(api.get<{ content?: string }>(`/templates/gitlab_ci_ymls/${asPart(key)}`));
  return there?.content ?? null;
}

/** Null for what is not there, or not for this token to see. */
export async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiRefusal && [401, 403, 404].includes(error.status)) return null;
    throw error;
  }
}
