import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileHost } from './file-host.ts';
import { git } from './git.ts';
import { sendPage, sendTreePage } from './stand-in-pages.ts';
import {
  type GitlabWorld,
  instanceVariable,
  lastOf,
  projectOf,
  type StandInProject,
  variableOf,
} from './stand-in-world.ts';

export interface StandInGitlab {
  url: string;
  /** What was asked for, as `/projects/7`, in order. */
  asked: string[];
  /** What a GitLab has not. */
  unknown: string[];
}

interface Call {
  response: ServerResponse;
  query: URLSearchParams;
  role: 'admin' | 'owner' | 'developer' | null;
}

/** Parts of an address: a name stands for one part, whose `%2F` stay in it. */
type Answer = (call: Call, ...parts: string[]) => void | Promise<void>;

/**
 * A GitLab as `--server` sees it: its read endpoints with the names, headers and refusals that it has, and nothing else.
 * Written after lib/api of GitLab, and not from what Jobyard answers.
 */
export async function standInGitlab(world: GitlabWorld): Promise<StandInGitlab> {
  const asked: string[] = [];
  const unknown: string[] = [];
  const routes = routesOf(world);
  const host = await fileHost((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    asked.push(path.replace('/api/v4', ''));
    const found = request.method === 'GET' ? routes.map((each) => matching(each, path)).find(Boolean) : null;
    if (!found) {
      unknown.push(`${request.method} ${request.url}`);
      return send(response, 404, { error: '404 Not Found' });
    }
    const role = roleOf(world, request);
    if (role === undefined) return send(response, 401, { message: '401 Unauthorized' });
    const call = { response, query: new URLSearchParams(query), role };
    Promise.resolve(found.answer(call, ...found.parts)).catch((error: unknown) => {
      send(response, 500, { message: `500 Internal Server Error: ${String(error)}` });
    });
  });
  return { url: host.url, asked, unknown };
}

/** Nobody is null, a wrong token undefined. */
function roleOf({ tokens }: GitlabWorld, { headers }: IncomingMessage): Call['role'] | undefined {
  const token = headers['private-token'];
  return token === undefined ? null : tokens[String(token)];
}

function matching([pattern, answer]: [string, Answer], path: string) {
  const expression = pattern.replaceAll('.', '\\.').replaceAll('*', '([^/?#]+)');
  const parts = new RegExp(`^/api/v4${expression}$`).exec(path)?.slice(1);
  return parts && { answer, parts: parts.map(decodeURIComponent) };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json', vary: 'Origin' })
    .end(JSON.stringify(body));
}

const missing = ({ response }: Call, what: string) =>
  send(response, 404, { message: `404 ${what} Not Found` });
const forbidden = ({ response }: Call) => send(response, 403, { message: '403 Forbidden' });

const ofOwners =
  (answer: (call: Call, ...parts: string[]) => void): Answer =>
  (call, ...parts) =>
    call.role === 'admin' || call.role === 'owner' ? answer(call, ...parts) : forbidden(call);

function routesOf(world: GitlabWorld): [string, Answer][] {
  /** The project of a number or a path, to whoever may see it. */
  const ofProject =
    (answer: (call: Call, project: StandInProject, ...parts: string[]) => void | Promise<void>): Answer =>
    (call, id, ...parts) => {
      const project = Object.entries(world.projects).find(([path, each]) =>
        [path, String(each.id)].includes(id!),
      );
      const sees = project && (call.role !== null || project[1].visibility === 'public');
      return sees ? answer(call, project[1], ...parts) : missing(call, 'Project');
    };
  const ofCode = (answer: (call: Call, folder: string, ...parts: string[]) => Promise<void>) =>
    ofProject(async (call, { repository }, ...parts) =>
      repository === null ? missing(call, 'Repository') : await answer(call, repository, ...parts),
    );
  return [
    ['/version', (call) => (call.role ? send(call.response, 200, world.version) : unauthorized(call))],
    [
      '/user',
      (call) =>
        call.role ? send(call.response, 200, { state: 'active', ...world.user }) : unauthorized(call),
    ],
    [
      '/admin/ci/variables',
      (call) =>
        call.role === 'admin' ? sendPage(call, world.variables.map(instanceVariable)) : forbidden(call),
    ],
    [
      '/groups/*/variables',
      ofOwners((call, path) => {
        const variables = world.groups[path!];
        return variables ? sendPage(call, variables.map(variableOf)) : missing(call, 'Group');
      }),
    ],
    ['/projects/*', ofProject((call, project) => send(call.response, 200, projectOf(world, project)))],
    [
      '/projects/*/variables',
      ofProject((call, { variables = [] }) =>
        call.role === 'developer' ? forbidden(call) : sendPage(call, variables.map(variableOf)),
      ),
    ],
    [
      '/projects/*/protected_branches',
      ofProject((call, { protected_branches: names = ['main'] }) =>
        sendPage(
          call,
          names.map((name, index) => ({
            id: index + 1,
            name,
            push_access_levels: [],
            allow_force_push: false,
          })),
        ),
      ),
    ],
    [
      '/projects/*/protected_tags',
      ofProject((call, { protected_tags: names = [] }) =>
        sendPage(
          call,
          names.map((name) => ({ name, create_access_levels: [] })),
        ),
      ),
    ],
    [
      '/projects/*/repository/commits/*',
      ofCode(async (call, folder, revision) => {
        const id = await shaOf(folder, revision!);
        if (id === null) return missing(call, 'Commit');
        send(call.response, 200, { id, short_id: id.slice(0, 8), parent_ids: [] });
      }),
    ],
    ['/projects/*/repository/tags/*', ofCode((call, folder, name) => sendRef(call, folder, 'Tag', name!))],
    [
      '/projects/*/repository/branches/*',
      ofCode((call, folder, name) => sendRef(call, folder, 'Branch', name!)),
    ],
    [
      '/projects/*/repository/tags',
      ofCode(async (call, folder) => {
        const names = (await git(folder, 'tag', '--sort=-creatordate')).split('\n').filter(Boolean);
        sendTreePage(
          call,
          names.map((name) => ({ name, message: '', protected: false })),
        );
      }),
    ],
    [
      '/projects/*/repository/tree',
      ofCode(async (call, folder) => {
        const ref = call.query.get('ref') ?? 'HEAD';
        if ((await shaOf(folder, ref)) === null) return missing(call, 'Tree');
        const recursive = call.query.get('recursive') === 'true' ? ['-r', '-t'] : [];
        const lines = (await git(folder, 'ls-tree', ...recursive, ref)).split('\n').filter(Boolean);
        sendTreePage(call, lines.map(treeEntry));
      }),
    ],
    [
      '/projects/*/repository/files/*/raw',
      ofCode(async (call, folder, path) => {
        const ref = call.query.get('ref') ?? 'HEAD';
        if ((await shaOf(folder, ref)) === null) return missing(call, 'Commit');
        const text = await git(folder, 'cat-file', 'blob', `${ref}:${path}`).catch(() => null);
        if (text === null) return missing(call, 'File');
        call.response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
      }),
    ],
    [
      '/templates/gitlab_ci_ymls/*',
      (call, name) => {
        const content = world.templates[name!];
        if (content === undefined) return missing(call, 'Gitlab Ci Yml');
        send(call.response, 200, { name, content });
      },
    ],
  ];
}

const unauthorized = ({ response }: Call) => send(response, 401, { message: '401 Unauthorized' });

async function shaOf(folder: string, revision: string): Promise<string | null> {
  return await git(folder, 'rev-parse', '--verify', '--quiet', `${revision}^{commit}`).then(
    (text) => text.trim(),
    () => null,
  );
}

async function sendRef(call: Call, folder: string, what: 'Tag' | 'Branch', name: string): Promise<void> {
  const isName = await git(folder, 'check-ref-format', '--branch', name).then(
    () => true,
    () => false,
  );
  if (what === 'Branch' && !isName)
    return send(call.response, 400, { message: 'The branch refname is invalid' });
  const id = await shaOf(folder, `refs/${what === 'Tag' ? 'tags' : 'heads'}/${name}`);
  if (id === null) return missing(call, what);
  send(call.response, 200, { name, commit: { id, short_id: id.slice(0, 8) }, protected: false });
}

function treeEntry(line: string) {
  const [, mode = '', type = '', id = '', path = ''] = /^(\d+) (\w+) (\w+)\t(.+)$/.exec(line) ?? [];
  return { id, name: lastOf(path), type, path, mode };
}
