import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { git, remoteOf, repositoryOf } from '../support/git.ts';
import { npmStart } from '../support/npm-start.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

/** Files that are there to hold a secret; nobody but their owner reads them. */
const KEPT = ['root-token', 'root-password', 'secret-key'];

/** In which files below `folder` any of these stands, in clear or as base64: `file: name`. */
function findSecrets(folder: string, secrets: Record<string, string>): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !KEPT.includes(relative(folder, path)) || (statSync(path).mode & 0o777) !== 0o600)
    .flatMap((path) =>
      secretsIn(bytesOf(path), secrets).map((secret) => `${relative(folder, path)}: ${secret}`),
    );
}

/** Nothing where the server has just moved the file: what it holds is looked at once more in its last place. */
function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return Buffer.alloc(0);
  }
}

const secretsIn = (bytes: Buffer, secrets: Record<string, string>) =>
  Object.entries(secrets)
    .filter(([, secret]) => bytes.includes(secret) || bytes.includes(Buffer.from(secret).toString('base64')))
    .map(([name]) => name);

describe('a server that logs all it can', () => {
  test('shows no token and no variable’s value, neither in its output nor in its files', async () => {
    const server = await npmStart({ flags: ['--log-level', 'trace'] });
    const { api, data, url, rootToken } = server;
    const post = async (path: string, body: object = {}, headers: Record<string, string> = {}) => {
      const reply = await api<Record<string, string>>('POST', path, { body, headers });
      expect(reply.status).toBeLessThan(300);
      return reply.body;
    };
    const outside = temporaryFolder();
    chmodSync(outside, 0o777);
    const told = join(outside, 'job-token');
    const source = temporaryFolder();
    writeFileSync(
      join(source, '.gitlab-ci.yml'),
      `build:\n  script:\n    - printf %s "$CI_JOB_TOKEN" > ${told}.part && mv ${told}.part ${told}\n    - echo "$CI_JOB_TOKEN"\nby hand:\n  when: manual\n  script: test -n "$BY_HAND"\n`,
    );
    const tree = await repositoryOf(source);
    const { id } = await post('/projects', { name: 'p' });
    const at = `/projects/${id}`;
    const secrets: Record<string, string> = {
      'root token': rootToken,
      'root password': readFileSync(join(data, 'root-password'), 'utf8').trim(),
      'personal token': (await post('/user/personal_access_tokens', { name: 'n', scopes: ['k8s_proxy'] }))
        .token!,
      'rotated token': '',
      'runner token': (await post('/user/runners', { runner_type: 'project_type', project_id: id })).token!,
      'registration token': (await post(`${at}/runners/reset_registration_token`)).token!,
      password: 'a password nobody may see',
      'pipeline variable': 'value-of-a-pipeline-variable',
      'job variable': 'value-of-a-job-variable',
      'project variable': 'value-of-a-project-variable',
      'refused variable': 'value of a refused variable',
    };
    await post('/users', {
      name: 'n',
      username: 'nobody-sees',
      email: 'n@example.org',
      password: secrets.password,
    });
    const browser = new Browser(server);
    expect((await browser.signIn('nobody-sees', secrets.password!)).status).toBe(201);
    expect((await browser.ask('GET', '/user')).status).toBe(200);
    secrets['session token'] = browser.cookies.get('jobyard_session')!;
    secrets['CSRF token'] = browser.csrfToken!;
    await browser.signIn('nobody-sees', `${secrets.password} at all`);
    await post(`${at}/variables`, { key: 'OF_PROJECT', value: secrets['project variable'], masked: true });
    const wrong = { key: 'OF PROJECT', value: secrets['refused variable'], masked: true };
    expect((await api('POST', `${at}/variables?value=${wrong.value}`, { body: wrong })).status).toBe(400);
    const spare = await post('/user/personal_access_tokens', { name: 's', scopes: ['k8s_proxy'] });
    secrets['rotated token'] = (await post(`/personal_access_tokens/${spare.id}/rotate`)).token!;
    // Where it may slip into a log: the query, a wrong header, git's address.
    await fetch(`${url}/api/v4/user?private_token=${rootToken}`);
    await fetch(`${url}/api/v4/nowhere?private_token=${rootToken}`);
    await fetch(`${url}/api/v4/user`, { headers: { authorization: `Basic ${rootToken}` } });
    await api('POST', '/jobs/request', {
      token: null,
      body: { token: secrets['runner token'], info: 'bad' },
    });
    await git(tree, 'push', remoteOf(url, 'root/p', rootToken), 'main');
    await post(`${at}/pipeline`, {
      ref: 'main',
      variables: [{ key: 'OF_PIPELINE', value: secrets['pipeline variable'] }],
    });
    const jobIs = (name: string, status: string) =>
      until(`${name} is ${status}`, async () => {
        const { body } = await api<{ id: number; name: string; status: string }[]>('GET', `${at}/jobs`);
        return body.find((job) => job.name === name && job.status === status)?.id;
      });
    const manual = await jobIs('by hand', 'manual');
    await post(`${at}/jobs/${manual}/play`, {
      job_variables_attributes: [{ key: 'BY_HAND', value: secrets['job variable'] }],
    });
    await jobIs('by hand', 'success');
    const build = await jobIs('build', 'success');
    expect(existsSync(told)).toBe(true);
    secrets['job token'] = readFileSync(told, 'utf8');
    expect(secrets['job token']).toMatch(/^glcbt-/);
    expect((await api('GET', `${at}/jobs/${build}/trace`)).body).toContain('[MASKED]');

    expect(findSecrets(data, secrets)).toEqual([]);
    expect(await server.stop()).toBe(0);
    expect(findSecrets(data, secrets)).toEqual([]);
    const output = server.output();
    expect(output).toContain('"msg":"request"');
    const [, rest = ''] = output.split(/^.*\(root-token\)$/m);
    expect(rest).toContain('Jobyard is ready');
    expect(secretsIn(Buffer.from(rest), secrets)).toEqual([]);
  });
});
