/** `jobyard run --server`: the variables and includes of a project's own server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { git, remoteOf } from '../support/git.ts';
import { runLocally, workTree, writeFiles } from '../support/run-locally.ts';
import { bootServer, type TestServer } from '../support/server.ts';

const TIME = 300_000;
const CONFIG = `
include:
  - {project: tools/shared, file: /ci/base.yml, ref: v1.2.0}
  - component: $CI_SERVER_FQDN/tools/shared/greet@1
local:
  stage: test
  rules: [{if: '$CI_PROJECT_ID == "<id>" && $CI_SERVER_URL == "<url>" && $GITLAB_USER_LOGIN == "root"'}]
  script: ['echo "$FROM_GROUP $PLACE $INSTANCE [$GUARDED] $HIDE"', 'cat "$FILED"', 'echo "$SECRET"']
there:
  rules: [{exists: {paths: [ci/base.yml], project: tools/shared}}]
  environment: production
  script: ['echo "$PLACE"']
`;

interface Planned {
  name: string;
  stage: string;
  when: string;
}
const fields = (jobs: Planned[]) => jobs.map(({ name, stage, when }) => ({ name, stage, when }));

describe('jobyard run --server', () => {
  let server: TestServer;
  let folder: string;
  let project: { id: number };
  beforeAll(async () => {
    server = await bootServer();
    const { api, url } = server;
    const made = async <T = { id: number }>(path: string, body: object) => {
      const reply = await api<T>('POST', path, { body });
      if (reply.status !== 201) throw new Error(`${path}: ${JSON.stringify(reply.body)}`);
      return reply.body;
    };
    const team = await made('/groups', { name: 'team', path: 'team' });
    const sub = await made('/groups', { name: 'sub', path: 'sub', parent_id: team.id });
    project = await made('/projects', { name: 'app', namespace_id: sub.id });
    const tools = await made('/groups', { name: 'tools', path: 'tools' });
    await made('/projects', { name: 'shared', namespace_id: tools.id });
    const tree = await workTree({
      'ci/base.yml': 'include: /ci/more.yml\nbase: {script: [echo base]}\n',
      'ci/more.yml': 'more: {script: [echo more]}\n',
      'templates/greet.yml': 'greet: {script: [echo hello]}\n',
    });
    await git(tree, 'tag', 'v1.2.0');
    await git(tree, 'push', '--quiet', remoteOf(url, 'tools/shared', server.rootToken), 'main', 'v1.2.0');
    await made('/admin/ci/variables', { key: 'INSTANCE', value: 'of-all' });
    await made(`/groups/${team.id}/variables`, { key: 'FROM_GROUP', value: 'outer' });
    await made(`/groups/${sub.id}/variables`, { key: 'FROM_GROUP', value: 'inner' });
    // What is the project's counts, however specific the group's is.
    await made(`/groups/${sub.id}/variables`, {
      key: 'PLACE',
      value: 'group',
      environment_scope: 'production',
    });
    const own = `/projects/${project.id}/variables`;
    await made(own, { key: 'PLACE', value: 'anywhere' });
    await made(own, { key: 'SECRET', value: 'unspeakable-1', masked: true });
    await made(own, { key: 'GUARDED', value: 'for main', protected: true });
    await made(own, { key: 'FILED', value: 'in a file\n', variable_type: 'file' });
    await made(own, { key: 'HIDE', value: 'hidden-value-1', masked_and_hidden: true });
    const config = CONFIG.replace('<id>', String(project.id)).replace('<url>', url);
    folder = await workTree({ '.gitlab-ci.yml': config });
    await git(folder, 'remote', 'add', 'origin', `${url}/team/sub/app.git`);
    await git(folder, 'push', '--quiet', remoteOf(url, 'team/sub/app', server.rootToken), 'main');
  });

  const logOf = (name: string) => readFileSync(join(folder, `.jobyard/logs/${name}.log`), 'utf8');
  const there = (...args: string[]) =>
    runLocally(folder, ['--server', server.url, ...args], { JOBYARD_TOKEN: server.rootToken });

  test(
    'plans what the server plans, and is refused without it',
    async () => {
      const query = 'dry_run=true&include_jobs=true';
      const { body } = await server.api<{
        valid: boolean;
        jobs: Planned[];
      }>('GET', `/projects/${project.id}/ci/lint?${query}`);
      expect(body).toMatchObject({ valid: true, errors: [] });
      const { stdout, stderr } = await there('--list', '--json');
      expect(fields(JSON.parse(stdout) as typeof body.jobs)).toEqual(fields(body.jobs));
      expect(body.jobs.map(({ name }) => name)).toEqual(['more', 'base', 'greet', 'local', 'there']);
      expect(stderr).toContain('Hidden variables can be read by nobody and are left out: HIDE.');
      const alone = await runLocally(folder, ['--list']);
      expect(alone.code).toBe(2);
      expect(alone.stderr).toContain('Project `tools/shared` not found or access denied!');
      expect(alone.stderr).toContain('--server URL takes what is of other projects from there.');
    },
    TIME,
  );

  test(
    'runs with the variables of the project, its groups and the server, masked ones masked, and leaves none behind',
    async () => {
      const { code, stdout } = await there();
      expect(code, stdout).toBe(0);
      expect(stdout).toContain('local | inner anywhere of-all [for main] \n');
      expect(stdout).toContain('local | in a file\n');
      expect(stdout).toContain('local | [MASKED]\n');
      expect(stdout).toContain('there | anywhere\n');
      expect(stdout + logOf('local')).not.toContain('unspeakable');
      const grep = await git(
        folder,
        'grep',
        '--no-index',
        '-l',
        '-e',
        'unspeakable',
        '-e',
        'in a file',
        '--',
        '.',
      ).catch(() => '');
      expect(grep).toBe('.jobyard/logs/local.log\n');
      expect(logOf('local')).toContain('in a file');
      // Protected variables are for protected refs, here as there.
      const branch = await there('--ref', 'feature', 'local');
      expect(branch.stdout).toContain('local | inner anywhere of-all [] \n');
    },
    TIME,
  );

  test(
    'says what it cannot have',
    async () => {
      const wrong = await runLocally(folder, ['--server', server.url, '--token', 'glpat-nobody-at-all-xx']);
      expect(wrong.code).toBe(2);
      expect(wrong.stderr).toContain(`${server.url} has no project team/sub/app that this token may read`);
      const nobody = await runLocally(folder, ['--server', 'http://127.0.0.1:1', '--token', 'x']);
      expect(nobody.code).toBe(2);
      expect(nobody.stderr).toMatch(/^jobyard: http:\/\/127\.0\.0\.1:1 cannot be reached/);
      const none = await runLocally(folder, ['--server', server.url]);
      expect(none.stderr).toContain('--server needs --token TOKEN or JOBYARD_TOKEN');
      // A developer reads no variables.
      const { body: dev } = await server.api<{ id: number }>('POST', '/users', {
        body: { username: 'dev', name: 'Dev', email: 'dev@example.org', password: 'quite long enough' },
      });
      await server.api('POST', `/projects/${project.id}/members`, {
        body: { user_id: dev.id, access_level: 30 },
      });
      const { body: made } = await server.api<{ token: string }>(
        'POST',
        `/users/${dev.id}/personal_access_tokens`,
        {
          body: { name: 'x', scopes: ['read_api'] },
        },
      );
      writeFiles(folder, { '.gitlab-ci.yml': 'a: {script: ["echo [$PLACE]"]}\n' });
      const few = await runLocally(folder, ['--server', server.url, '--token', made.token]);
      expect(few.stdout).toContain('WARNING: The variables of the project are not for this token to read.\n');
      expect(few.stdout).toContain('a | []\n');
    },
    TIME,
  );
});
