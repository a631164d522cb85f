/** `jobyard lint --server`: includes that a server has. */
import { beforeAll, describe, expect, test } from 'vitest';
import { ciProject } from '../support/ci-project.ts';
import { fileHost } from '../support/file-host.ts';
import { personWith } from '../support/job-scenes.ts';
import { lintLocally, workTree } from '../support/run-locally.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

interface Json {
  valid: boolean;
  errors: string[];
  warnings: string[];
  jobs: { name: string; when: string }[];
  problems: { file: string; line: number }[];
}

describe('an include that a server has', () => {
  let house: RunnerHouse;
  beforeAll(async () => {
    house = await openRunnerHouse('sqlite');
  });

  async function look(config: string, args: string[] = [], token: string | null = house.rootToken) {
    const folder = await workTree({ '.gitlab-ci.yml': config, 'own.yml': 'own: { script: a }' });
    const { code, stdout, stderr } = await lintLocally(folder, ['--json', '--server', house.url, ...args], {
      env: token === null ? {} : { JOBYARD_TOKEN: token },
    });
    if (!stdout) return { code, stderr, names: [], errors: [], warnings: [], problems: [] };
    const json = JSON.parse(stdout) as Json;
    return { code, stderr, ...json, names: json.jobs.map(({ name }) => name) };
  }

  test('is fetched: of a project with its nested ones, of a ref, and a component by its version', async () => {
    const { path, commitFile, tag } = await ciProject(house);
    await commitFile('nested.yml', 'nested: { script: a }');
    const old = await commitFile('ci.yml', 'old: { script: a }');
    await tag('v1', old);
    await commitFile('ci.yml', 'include: nested.yml\nnew: { script: a }');
    const versioned = await commitFile('templates/scan.yml', 'scan: { script: a }');
    await tag('1.2.3', versioned);
    const host = new URL(house.url).host;
    const found = await look(`include:
  - { project: ${path}, file: ci.yml }
  - { project: ${path}, file: ci.yml, ref: v1 }
  - component: ${host}/${path}/scan@1
  - own.yml
  - template: Bash.gitlab-ci.yml
`);
    expect([found.code, found.errors, found.warnings]).toEqual([0, [], []]);
    expect(found.names).toEqual(expect.arrayContaining(['nested', 'new', 'old', 'scan', 'own']));
  });

  test('is shown where it is wrong, with the line of its file', async () => {
    const { path, commitFile } = await ciProject(house);
    await commitFile('ci.yml', 'first: { script: a }\nfar: { script: a, when: sometimes }');
    const folder = await workTree({ '.gitlab-ci.yml': `include: { project: ${path}, file: ci.yml }` });
    const { code, stdout } = await lintLocally(folder, ['--server', house.url, '--token', house.rootToken]);
    expect(code).toBe(1);
    expect(stdout).toContain(`${path}:ci.yml:2:25: error: jobs:far when should be one of`);
    expect(stdout).toContain('  2 | far: { script: a, when: sometimes }\n    |                         ^\n');
  });

  test('is refused as a pipeline would be, where it is not there or not to be read', async () => {
    const { path, id, commitFile } = await ciProject(house);
    await commitFile('ci.yml', 'a: { script: a }');
    const config = `include: { project: ${path}, file: ci.yml }`;
    const outsider = await personWith(house.api, 'guest', id);
    for (const token of [outsider.token, null]) {
      const { code, errors } = await look(config, [], token);
      expect(code).toBe(1);
      expect(errors).toHaveLength(1);
    }
    expect((await look(config.replace('ci.yml', 'no.yml'))).errors).toEqual([
      `Project \`${path}\` file \`no.yml\` does not exist!`,
    ]);
    expect((await look(config.replace('file', 'ref: gone, file'))).errors).toEqual([
      `Project \`${path}\` reference \`gone\` does not exist!`,
    ]);
  });

  test('files of another project are looked for there', async () => {
    const { path, commitFile } = await ciProject(house);
    await commitFile('src/a.c', '');
    const config = (glob: string) =>
      `own: { script: a }\na: { script: a, rules: [{ exists: { project: ${path}, paths: ["${glob}"] } }] }`;
    expect((await look(config('src/*.c'), ['--explain'])).names).toEqual(['own', 'a']);
    expect((await look(config('*.go'), ['--explain'])).names).toEqual(['own']);
  });

  test('at an address is fetched from here, from a private one only when that is allowed', async () => {
    const host = await fileHost((_request, response) => void response.end('far: { script: a }'));
    const config = `include: { remote: "${host.url}/a.yml" }`;
    expect((await look(config)).errors).toEqual([expect.stringContaining('URL is blocked')]);
    expect((await look(config, ['--local-requests'])).names).toEqual(['far']);
    expect(host.requests.map(({ headers }) => headers['private-token'])).toEqual([undefined]);
  });

  test('and a server that does not answer is told, and gets no token of another', async () => {
    const other = await fileHost((_request, response) => void response.end('{}'));
    const moved = await fileHost((_request, response) => {
      response.writeHead(302, { location: `${other.url}/` }).end();
    });
    const config = 'include: { project: a/b, file: c.yml }';
    for (const url of [moved.url, 'http://127.0.0.1:9']) {
      const { code, stderr } = await look(config, ['--server', url]);
      expect(code).toBe(2);
      expect(stderr).toContain(`jobyard: ${url} cannot be reached`);
    }
    expect(other.requests).toEqual([]);
  });

  test('a template is that of the server, where it shows its own', async () => {
    const gitlab = await fileHost((request, response) => {
      const found = request.url === '/api/v4/templates/gitlab_ci_ymls/Bash';
      response
        .writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
        .end(found ? JSON.stringify({ name: 'Bash', content: 'there: { script: a }' }) : '{"message":"404"}');
    });
    const config = 'include: [{ template: Bash.gitlab-ci.yml }, { template: None.gitlab-ci.yml }]';
    const found = await look(config, ['--server', gitlab.url]);
    expect([found.code, found.names]).toEqual([0, ['there']]);
    expect(found.warnings).toEqual([expect.stringContaining('shows no template of this name')]);
  });
});
