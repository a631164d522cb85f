import type { TestServer } from './server.ts';
import type { GitlabWorld, StandInVariable } from './stand-in-world.ts';

/** Gives a server that is new the same groups, projects, variables and protected names; repositories are for the caller to push. */
export async function fillJobyard({ api }: TestServer, world: GitlabWorld): Promise<void> {
  async function make<T = { id: number }>(path: string, body: object): Promise<T> {
    const reply = await api<T>('POST', path, { body });
    if (reply.status !== 201) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }
  const give = async (at: string, variables: readonly StandInVariable[]) => {
    for (const { hidden, ...each } of variables)
      await make(`${at}/variables`, { ...each, ...(hidden && { masked_and_hidden: true }) });
  };
  await give('/admin/ci', world.variables);
  const groups = new Map<string, number>();
  for (const [full_path, variables] of Object.entries(world.groups)) {
    const [, above, path = full_path] = /^(?:(.+)\/)?([^/]+)$/.exec(full_path) ?? [];
    const parent_id = above === undefined ? undefined : groups.get(above);
    const { id } = await make('/groups', { name: path, path, ...(parent_id && { parent_id }) });
    groups.set(full_path, id);
    await give(`/groups/${id}`, variables);
  }
  let last = 0;
  for (const [full_path, project] of Object.entries(world.projects).toSorted((a, b) => a[1].id - b[1].id)) {
    const [, above = '', path = ''] = /^(.+)\/([^/]+)$/.exec(full_path) ?? [];
    const { name, visibility, id } = project;
    const body = { name, path, visibility, namespace_id: groups.get(above) };
    // Its number is the next one: others go before it until it is the one that is wanted.
    while (last < id - 1)
      ({ id: last } = await make('/projects', { name: `before-${last}`, path: `before-${last}` }));
    ({ id: last } = await make('/projects', body));
    if (last !== id) throw new Error(`${full_path} has the number ${last} instead of ${id}`);
    await give(`/projects/${id}`, project.variables ?? []);
    for (const [kind, names] of [
      ['protected_branches', project.protected_branches ?? []],
      ['protected_tags', project.protected_tags ?? []],
    ] as const)
      for (const branch of names)
        if ((await api('GET', `/projects/${id}/${kind}/${encodeURIComponent(branch)}`)).status === 404)
          await make(`/projects/${id}/${kind}`, { name: branch });
  }
}
