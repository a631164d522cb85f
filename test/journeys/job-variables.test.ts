import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { git } from '../support/git.ts';
import { commit, gitProject, workTree } from '../support/git-project.ts';
import { bootServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

interface Job {
  id: number;
  name: string;
  status: string;
}
interface Pipeline {
  id: number;
  status: string;
  yaml_errors: string | null;
}

const SECRET = 'hunter2-hunter2';
const ENDED = ['success', 'failed', 'canceled', 'skipped'];

/** A project in two groups on a server whose built-in runner runs its jobs. */
async function moveIn(server: TestServer) {
  const { api } = server;
  const create = async (path: string, body: object): Promise<number> => {
    const reply = await api<{ id: number }>('POST', path, { body });
    expect(reply).toMatchObject({ status: 201 });
    return reply.body.id;
  };
  const name = `g${performance.now()}`.replace('.', '-');
  const outer = await create('/groups', { name, path: name });
  const inner = await create('/groups', { name: 'inner', path: 'inner', parent_id: outer });
  const project = await gitProject(server, { namespace_id: inner });
  const tree = await workTree(project.remote());
  const at = {
    server: '/admin/ci/variables',
    outer: `/groups/${outer}/variables`,
    inner: `/groups/${inner}/variables`,
    project: `${project.at}/variables`,
  };
  const ended = async (id: number): Promise<Pipeline> =>
    until('the pipeline has ended', async () => {
      const { body } = await api<Pipeline>('GET', `${project.at}/pipelines/${id}`);
      return ENDED.includes(body.status) ? body : undefined;
    });
  return {
    at,
    project,
    give: async (where: keyof typeof at, key: string, value: string, fields: object = {}) =>
      create(at[where], { key, value, ...fields }),
    /** Pushes this configuration, and answers the pipeline once it has ended. */
    push: async (config: string, branch = 'main', files: Record<string, string> = {}): Promise<Pipeline> => {
      const sha = await commit(tree, { '.gitlab-ci.yml': config, ...files });
      await git(tree, 'push', '--quiet', '--force', 'origin', `HEAD:refs/heads/${branch}`);
      const [made] = await project.pipelines(`?sha=${sha}`);
      return ended(made?.id ?? 0);
    },
    run: async (variables: { key: string; value: string }[]): Promise<Pipeline> =>
      ended(await create(`${project.at}/pipeline`, { ref: 'main', variables })),
    /** What the jobs said, by their names. */
    logs: async ({ id }: Pipeline): Promise<Record<string, string>> => {
      const { body } = await api<Job[]>('GET', `${project.at}/pipelines/${id}/jobs?per_page=100`);
      const logs = body.map(async (job) => {
        const { body: log } = await api<string>('GET', `${project.at}/jobs/${job.id}/trace`);
        return [job.name, log] as const;
      });
      return Object.fromEntries(await Promise.all(logs));
    },
  };
}

describe.each(databases)('variables of a job on %s', (database) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await bootServer({ database, config: { runner: true, runner_concurrent: 4 } });
  });

  test('are what the highest of all says: pipeline, project, inner group, outer group, server, report, configuration', async () => {
    const { give, push, run, logs, at } = await moveIn(server);
    const levels = ['server', 'outer', 'inner', 'project'] as const;
    // Level by level, and not in their order: what is given later is not above for that.
    for (const [index, level] of [...levels.entries()].toReversed())
      for (const below of ['YAML', ...levels].slice(index + 1)) await give(level, `UP_TO_${below}`, level);
    const config = `
        variables: {UP_TO_YAML: yaml, UP_TO_server: yaml, UP_TO_outer: yaml, UP_TO_inner: yaml, UP_TO_project: yaml, OWN: yaml}
        report:
          stage: build
          script: [echo REPORTED=dotenv > vars, echo UP_TO_YAML=dotenv >> vars, echo UP_TO_server=dotenv >> vars]
          artifacts: {reports: {dotenv: vars}}
        job:
          script: echo "= $UP_TO_YAML, $REPORTED, $OWN, $UP_TO_server, $UP_TO_outer, $UP_TO_inner, $UP_TO_project, $NESTED, $RAW"
          rules: [{if: '$UP_TO_server == "server" && $UP_TO_outer == "outer" && $UP_TO_inner == "inner"'}]
      `;
    await give('project', 'NESTED', 'over $UP_TO_outer');
    await give('project', 'RAW', 'never $UP_TO_outer', { raw: true });
    const told = '= dotenv, dotenv, yaml, server, outer, inner, project, over outer, never $UP_TO_outer';
    const pushed = await push(config);
    expect(pushed).toMatchObject({ status: 'success' });
    expect((await logs(pushed)).job).toContain(told);
    const given = await run([
      { key: 'UP_TO_project', value: 'pipeline' },
      { key: 'OWN', value: 'pipeline' },
    ]);
    expect((await logs(given)).job).toContain(
      '= dotenv, dotenv, pipeline, server, outer, inner, pipeline, over outer',
    );
    for (const level of ['server', 'outer', 'inner', 'project'])
      await server.api('DELETE', `${at.server}/UP_TO_${level}`);
  });

  test('that are protected are for protected refs alone', async () => {
    const { give, push, logs } = await moveIn(server);
    await give('project', 'GUARDED', 'guarded value', { protected: true });
    await give('inner', 'GROUP_GUARDED', 'of the group', { protected: true });
    await give('project', 'OPEN', 'open value');
    const config = `
      told: {script: 'echo "= <$GUARDED> <$GROUP_GUARDED> <$OPEN>"'}
      guarded: {script: echo, rules: [{if: $GUARDED}]}
    `;
    const main = await logs(await push(config));
    expect(Object.keys(main).toSorted()).toEqual(['guarded', 'told']);
    expect(main.told).toContain('= <guarded value> <of the group> <open value>');
    const branch = await logs(await push(config, 'of-anybody'));
    expect(Object.keys(branch)).toEqual(['told']);
    expect(branch.told).toContain('= <> <> <open value>');
  });

  test('with a scope are for its environments, the more specific over the others', async () => {
    const { give, push, logs } = await moveIn(server);
    // From the specific to the general: the order in which they were given means nothing.
    for (const scope of ['review/app', 'review/app*', 'review/a*', 'review/*', '*'])
      await give('project', 'WHERE', scope, { environment_scope: scope });
    await give('project', 'ONLY', 'review', { environment_scope: 'review/*' });
    // The level counts before the scope.
    await give('inner', 'LEVEL', 'group', { environment_scope: 'review/app' });
    await give('project', 'LEVEL', 'project');
    await give('project', 'TARGET', 'app');
    const script = `{script: 'echo "= <$WHERE> <$ONLY> <$LEVEL>"'`;
    const config = `
        nowhere: ${script}}
        app: ${script}, environment: review/$TARGET}
        apple: ${script}, environment: review/apple}
        api: ${script}, environment: review/api}
        other: ${script}, environment: review/other}
        access: ${script}, environment: {name: review/app, action: access}}
        production: ${script}, environment: {name: production}}
        by rule: {script: echo, environment: review/x, rules: [{if: $ONLY}]}
        not by rule: {script: echo, environment: production, rules: [{if: $ONLY}]}
      `;
    const said = await logs(await push(config));
    expect(said.nowhere).toContain('= <*> <> <project>');
    expect(said.app).toContain('= <review/app> <review> <project>');
    expect(said.apple).toContain('= <review/app*> <review> <project>');
    expect(said.api).toContain('= <review/a*> <review> <project>');
    expect(said.other).toContain('= <review/*> <review> <project>');
    expect(said.access).toContain('= <review/app> <review> <project>');
    expect(said.production).toContain('= <*> <> <project>');
    expect(said['by rule']).toBeDefined();
    expect(said['not by rule']).toBeUndefined();
  });

  test('of the type file are the path of a file with the value', async () => {
    const { give, push, logs } = await moveIn(server);
    await give('project', 'SETTINGS', 'first $OPEN\nsecond\n', { variable_type: 'file', raw: true });
    await give('project', 'OPEN', 'open');
    const { job } = await logs(await push(`job: {script: [test -f "$SETTINGS", cat "$SETTINGS"]}`));
    expect(job).toMatch(/first \$OPEN\r?\nsecond/);
  });

  test('that are masked are masked in the log, hidden ones and files too', async () => {
    const { give, push, logs } = await moveIn(server);
    await give('project', 'MASKED', SECRET, { masked: true });
    await give('outer', 'HIDDEN', `hidden-${SECRET}`, { masked_and_hidden: true });
    await give('project', 'FILE', `file-${SECRET}`, { masked: true, variable_type: 'file' });
    await give('project', 'NESTED', 'within $MASKED');
    await give('project', 'SHOWN', 'shown-value');
    const config = `
      variables: {FROM_YAML: yaml $MASKED}
      job:
        script:
          - test "$\{#MASKED} $\{#HIDDEN}" = "${SECRET.length} ${SECRET.length + 7}" && echo "it has them"
          - echo "= $MASKED, $HIDDEN, $NESTED, $FROM_YAML, $SHOWN"
          - cat "$FILE"
    `;
    const { job } = await logs(await push(config));
    expect(job).toContain('it has them');
    expect(job).toContain('= [MASKED], [MASKED], within [MASKED], yaml [MASKED], shown-value');
    expect(job).not.toContain(SECRET);
  });

  test('that are masked are masked in what is wrong with a configuration', async () => {
    const { give, push } = await moveIn(server);
    await give('project', 'MASKED', SECRET, { masked: true });
    await give('project', 'SHOWN', 'shown-value');
    await give('project', 'LONGER', `longer-${SECRET}`, { masked: true });
    const pipeline = await push('include: [{local: $SHOWN/$MASKED/$LONGER.yml}]\njob: {script: echo}\n');
    expect(pipeline).toMatchObject({
      status: 'failed',
      yaml_errors: 'Local file `shown-value/[MASKED]xxxxxxx/[MASKED]xxxxxxxxxxxxxx.yml` does not exist!',
    });
  });

  test('choose the files that are included', async () => {
    const { give, push, logs } = await moveIn(server);
    await give('outer', 'KIND', 'small');
    await give('project', 'KIND', 'large', { environment_scope: 'production' });
    const config = 'include: [{local: $KIND.yml}]\n';
    const files = { 'small.yml': 'small: {script: echo}\n', 'large.yml': 'large: {script: echo}\n' };
    expect(Object.keys(await logs(await push(config, 'main', files)))).toEqual(['small']);
  });
});
