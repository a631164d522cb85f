import { projectVariables, serverVariables, userVariables } from '../ci/predefined.ts';
import { StartError } from '../errors.ts';
import { type ApiClient, ApiRefusal, asPart, orUnreachable } from './api-client.ts';
import { orNull } from './server-sources.ts';

/** A variable as the API shows it. */
interface ThereVariable {
  variable_type: string;
  key: string;
  /** Null: hidden. */
  value: string | null;
  protected: boolean;
  masked: boolean;
  hidden?: boolean;
  raw: boolean;
  environment_scope?: string;
}

/** What a pipeline of a project is made with on its own server, as far as a token may read it. */
export interface ServerCopy {
  settings: Record<string, unknown>;
  default_branch: string | null;
  /** Where they are set: `admin/ci`, `groups/…` or `projects/…`. */
  variables: { place: string; variables: ThereVariable[] }[];
  /** Null: nobody says. */
  protected_branches: string[] | null;
  protected_tags: string[] | null;
  /** Predefined variables by name, as rules see them there. */
  predefined: Record<string, string>;
  /** What could not be had, in words. */
  notes: string[];
}

interface ThereProject {
  id: number;
  name: string;
  path: string;
  path_with_namespace: string;
  description: string | null;
  visibility?: string;
  default_branch: string | null;
  ci_config_path?: string | null;
  ci_default_git_depth?: number | null;
  build_timeout?: number;
  namespace: { id: number; kind: string };
}

/**
 * Reads the project's variables and settings from its server.
 * @throws StartError when the server cannot be reached, or has no such project for this token
 */
export async function copyFromServer(api: ApiClient, path: string): Promise<ServerCopy> {
  return await orUnreachable(api.url, () => copy(api, path));
}

async function copy(api: ApiClient, path: string): Promise<ServerCopy> {
  const project = await orNull(api.get<ThereProject>(`/projects/${asPart(path)}`));
  if (!project)
    throw new StartError(
      `${api.url} has no project ${path} that this token may read. Is it the server of the remote, and the token's scope read_api?`,
    );
  const own = `/projects/${project.id}`;
  const names = project.namespace.kind === 'group' ? project.path_with_namespace.split('/').slice(0, -1) : [];
  const groups = names.map((_name, index) => names.slice(0, index + 1).join('/'));
  const places = [
    { place: 'admin/ci', from: '/admin/ci/variables', called: null },
    ...groups.map((group) => ({
      place: `groups/${group}`,
      from: `/groups/${asPart(group)}/variables`,
      called: `the group ${group}`,
    })),
    { place: 'projects', from: `${own}/variables`, called: 'the project' },
  ];
  const [user, version, branches, tags, ...found] = await Promise.all([
    orNull(api.get<{ id: number; username: string; name: string; email: string }>('/user')),
    orNull(api.get<{ version: string; revision: string }>('/version')),
    orNull(api.all<{ name: string }>(`${own}/protected_branches`)),
    orNull(api.all<{ name: string }>(`${own}/protected_tags`)),
    ...places.map(({ from }) => orNull(api.all<ThereVariable>(from))),
  ]);
  const notes: string[] = [];
  const variables = places.flatMap(({ place, called }, index) => {
    const all = found[index] ?? null;
    if (all === null && called !== null)
      notes.push(`The variables of ${called} are not for this token to read.`);
    return all === null ? [] : { place, variables: all };
  });
  if (branches === null) notes.push('Which branches are protected is not for this token to read.');
  return {
    settings: settingsOf(project),
    default_branch: project.default_branch,
    variables,
    protected_branches: branches && branches.map(({ name }) => name),
    protected_tags: tags && tags.map(({ name }) => name),
    predefined: predefinedOf(api.url, project, user, version),
    notes,
  };
}

function settingsOf({ ci_config_path, ci_default_git_depth, build_timeout }: ThereProject) {
  return {
    ...(ci_config_path ? { ci_config_path } : {}),
    ...(typeof ci_default_git_depth === 'number' ? { ci_default_git_depth } : {}),
    ...(build_timeout ? { build_timeout } : {}),
  };
}

function predefinedOf(
  url: string,
  project: ThereProject,
  user: { id: number; username: string; name: string; email: string } | null,
  version: { version: string; revision: string } | null,
): Record<string, string> {
  const { visibility = 'private', ci_config_path = null } = project;
  const there = { ...project, visibility, ci_config_path, namespace_id: project.namespace.id };
  const variables = [
    ...serverVariables({ url, ...(version ?? { version: '', revision: '' }) }),
    ...projectVariables(there, url),
    ...(user ? userVariables(user) : []),
  ];
  return Object.fromEntries(variables.map(({ key, value }) => [key, value]));
}

/**
 * Gives what was copied to the private server; what is masked there is masked here. Answers notes on what was not taken.
 * @param project_id of the private server's project
 */
export async function giveCopy(api: ApiClient, project_id: number, copied: ServerCopy): Promise<string[]> {
  const notes = [...copied.notes];
  const hidden: string[] = [];
  for (const { place, variables } of copied.variables) {
    const to = place === 'admin/ci' ? '/admin/ci/variables' : `/${placeHere(place, project_id)}/variables`;
    for (const { value, hidden: _hidden, ...variable } of variables) {
      const { key, variable_type, protected: isProtected, masked, raw, environment_scope } = variable;
      if (value === null) hidden.push(key);
      else {
        const body = { key, value, variable_type, protected: isProtected, masked, raw };
        const scope = place === 'admin/ci' || environment_scope === undefined ? {} : { environment_scope };
        await api.post(to, { ...body, ...scope }).catch((error: unknown) => {
          if (!(error instanceof ApiRefusal)) throw error;
          notes.push(`The variable ${key} is not taken: ${error.message}`);
        });
      }
    }
  }
  if (hidden.length > 0)
    notes.push(
      `Hidden variables can be read by nobody and are left out: ${hidden.join(', ')}. --var gives them.`,
    );
  await protect(api, project_id, 'protected_branches', copied.protected_branches);
  await protect(api, project_id, 'protected_tags', copied.protected_tags);
  return notes;
}

const placeHere = (place: string, project_id: number) =>
  place === 'projects' ? `projects/${project_id}` : `groups/${asPart(place.slice('groups/'.length))}`;

/** The same are protected as there. */
async function protect(
  api: ApiClient,
  project_id: number,
  kind: string,
  names: string[] | null,
): Promise<void> {
  if (names === null) return;
  const path = `/projects/${project_id}/${kind}`;
  const here = (await api.all<{ name: string }>(path)).map(({ name }) => name);
  for (const name of here) if (!names.includes(name)) await api.request('DELETE', `${path}/${asPart(name)}`);
  for (const name of names) if (!here.includes(name)) await api.post(path, { name });
}
