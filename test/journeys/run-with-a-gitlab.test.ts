/** `--server` with the address of a GitLab: a stand-in that answers as one does, beside a Jobyard that has the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readTemplate } from '../../src/pipelines/template-files.ts';
import { git, remoteOf } from '../support/git.ts';
import { lintLocally, runLocally, workTree } from '../support/run-locally.ts';
import { bootServer, type TestServer } from '../support/server.ts';
import { type StandInGitlab, standInGitlab } from '../support/stand-in-gitlab.ts';
import { fillJobyard } from '../support/stand-in-jobyard.ts';
import type { GitlabWorld, StandInVariable } from '../support/stand-in-world.ts';

const TIME = 300_000;
const TEMPLATE = 'Workflows/Branch-Pipelines';
const CONFIG = `
include:
  - { project: tools/shared, file: /ci/base.yml, ref: v1.2.0 }
  - component: $CI_SERVER_FQDN/tools/shared/greet@1
  - component: $CI_SERVER_FQDN/tools/shared/greet@~latest
    inputs: { name: late }
  - template: ${TEMPLATE}.gitlab-ci.yml
local:
  rules: [{ if: '$CI_PROJECT_ID == "7" && $GITLAB_USER_LOGIN == "root" && $CI_SERVER_VERSION == "<version>"' }]
  script: ['echo "$FROM_GROUP $PLACE $INSTANCE [$GUARDED] $HIDE"', 'cat "$FILED"', 'echo "$SECRET"', 'echo "$RAW"']
there: { rules: [{ exists: { paths: [many/99.txt], project: tools/shared } }], script: echo there }
nowhere: { rules: [{ exists: { paths: [many/999.txt], project: tools/shared } }], script: echo nowhere }
guarded: { rules: [{ if: $GUARDED }], script: echo guarded }
hidden: { rules: [{ if: $HIDE }], script: echo hidden }
last: { rules: [{ if: '$LAST == "of 130"' }], script: echo last }
inner: { rules: [{ if: '$FROM_GROUP == "inner"' }], script: echo inner }
deploy: { environment: production, resource_group: $PLACE-$CI_PROJECT_NAME, script: 'echo "$PLACE"' }
`;

/** More than a page of them. */
const fillers = Array.from({ length: 130 }, (_, index) => ({ key: `FILL_${index}`, value: `${index}` }));
const own: StandInVariable[] = [
  { key: 'PLACE', value: 'anywhere' },
  { key: 'PLACE', value: 'there', environment_scope: 'production' },
  { key: 'SECRET', value: 'unspeakable-1', masked: true },
  { key: 'GUARDED', value: 'for main', protected: true },
  { key: 'FILED', value: 'in a file\n', variable_type: 'file' },
  { key: 'HIDE', value: 'hidden-value-1', masked: true, hidden: true },
  { key: 'RAW', value: '$PLACE', raw: true },
  ...fillers,
  { key: 'LAST', value: 'of 130' },
];

const GREETING =
  'spec: { inputs: { name: { default: greet } } }\n---\n$[[ inputs.name ]]: { script: echo hello }\n';

describe('--server with a GitLab', () => {
  let jobyard: TestServer;
  let gitlab: StandInGitlab;
  let folder: string;
  beforeAll(async () => {
    jobyard = await bootServer();
    const asked = async <T>(path: string) => (await jobyard.api<T>('GET', path)).body;
    const shared = await workTree({
      'ci/base.yml': 'include: /ci/more.yml\nbase: { script: echo base }\n',
      'ci/more.yml': 'more: { script: echo more }\n',
      'templates/greet.yml': GREETING,
      ...Object.fromEntries(fillers.map(({ value }) => [`many/${value}.txt`, ''])),
    });
    await git(shared, 'tag', 'v1.2.0');
    await git(shared, 'commit', '--quiet', '--allow-empty', '--message', 'More');
    await git(shared, 'tag', '--annotate', '--message', 'Two', '2.0.0');
    const version = await asked<GitlabWorld['version']>('/version');
    folder = await workTree({ '.gitlab-ci.yml': CONFIG.replace('<version>', version.version) });
    await git(folder, 'remote', 'add', 'origin', 'https://gitlab.test/team/sub/app.git');
    const world: GitlabWorld = {
      tokens: { [jobyard.rootToken]: 'admin', 'glpat-owner': 'owner', 'glpat-dev': 'developer' },
      user: await asked('/user'),
      version,
      variables: [{ key: 'INSTANCE', value: 'of-all' }],
      groups: {
        team: [{ key: 'FROM_GROUP', value: 'outer' }],
        'team/sub': [
          { key: 'FROM_GROUP', value: 'inner' },
          { key: 'PLACE', value: 'group', environment_scope: 'production' },
        ],
        tools: [],
      },
      projects: {
        'team/sub/app': {
          id: 7,
          name: 'The app',
          visibility: 'private',
          repository: folder,
          variables: own,
          protected_branches: ['main', 'release-*'],
          protected_tags: ['v*'],
        },
        'tools/shared': { id: 8, name: 'shared', visibility: 'private', repository: shared },
      },
      templates: { [TEMPLATE]: (await readTemplate(`${TEMPLATE}.gitlab-ci.yml`)) ?? '' },
    };
    gitlab = await standInGitlab(world);
    await fillJobyard(jobyard, world);
    for (const [path, tree] of [
      ['team/sub/app', folder],
      ['tools/shared', shared],
    ] as const)
      await git(tree, 'push', '--quiet', remoteOf(jobyard.url, path, jobyard.rootToken), 'main', '--tags');
  }, TIME);

  const at = (server: { url: string }, token = jobyard.rootToken) => [
    '--server',
    server.url,
    '--token',
    token,
  ];

  async function planned(server: { url: string }, ...args: string[]) {
    const { code, stdout, stderr } = await runLocally(folder, ['--list', '--json', ...args, ...at(server)]);
    expect(code, stderr).toBe(0);
    return { jobs: JSON.parse(stdout) as { name: string }[], warnings: stderr };
  }

  const linted = async (server: { url: string }) => {
    const { code, stdout, stderr } = await lintLocally(folder, ['--json', ...at(server)]);
    expect(code, stdout + stderr).toBe(0);
    return JSON.parse(
      stdout.replaceAll(server.url, '<url>').replaceAll(new URL(server.url).host, '<host>'),
    ) as object;
  };

  test(
    'plans what it plans with a Jobyard that has the same, and asks for nothing that a GitLab does not have',
    async () => {
      for (const [args, names] of [
        [['--ref', 'release-1'], 'more, base, greet, late, local, there, guarded, last, inner, deploy'],
        [['--ref', 'feature'], 'more, base, greet, late, local, there, last, inner, deploy'],
      ] as const) {
        const found = await planned(gitlab, ...args);
        expect(found).toEqual(await planned(jobyard, ...args));
        expect(found.jobs.map(({ name }) => name).join(', ')).toBe(names);
        expect(found.warnings).toContain('Hidden variables can be read by nobody and are left out: HIDE.');
      }
      expect(gitlab.unknown).toEqual([]);
      expect(gitlab.asked).toContain('/groups/team%2Fsub/variables');
      expect(gitlab.asked).toContain('/projects/7/variables');
    },
    TIME,
  );

  test(
    'runs with its variables, masked ones masked',
    async () => {
      const { code, stdout } = await runLocally(folder, at(gitlab));
      expect(code, stdout).toBe(0);
      expect(stdout).toContain('local | inner anywhere of-all [for main] \n');
      expect(stdout).toContain('local | in a file\n');
      expect(stdout).toContain('local | [MASKED]\n');
      expect(stdout).toContain('local | $PLACE\n');
      expect(stdout).toContain('deploy | there\n');
      const log = readFileSync(join(folder, '.jobyard/logs/local.log'), 'utf8');
      expect(stdout + log).not.toContain('unspeakable');
      expect(gitlab.unknown).toEqual([]);
    },
    TIME,
  );

  test(
    'goes on with what the token may read, and says what it may not',
    async () => {
      const owner = await runLocally(folder, ['--list', ...at(gitlab, 'glpat-owner')]);
      expect([owner.code, owner.stderr]).toEqual([0, expect.not.stringContaining('not for this token')]);
      expect(owner.stdout).toContain('\ninner ');
      const developer = await runLocally(folder, ['--list', ...at(gitlab, 'glpat-dev')]);
      expect(developer.code).toBe(0);
      for (const whose of ['the group team', 'the group team/sub', 'the project'])
        expect(developer.stderr).toContain(`The variables of ${whose} are not for this token to read.`);
      expect(developer.stdout).not.toContain('\ninner ');
      const wrong = await runLocally(folder, ['--list', ...at(gitlab, 'glpat-other')]);
      expect(wrong.code).toBe(2);
      expect(wrong.stderr).toContain(`${gitlab.url} has no project team/sub/app that this token may read`);
      expect(gitlab.unknown).toEqual([]);
    },
    TIME,
  );

  test(
    'lints as with a Jobyard that has the same',
    async () => {
      const found = await linted(gitlab);
      expect(found).toMatchObject({ valid: true, errors: [], warnings: [] });
      expect(found).toEqual(await linted(jobyard));
      expect(gitlab.unknown).toEqual([]);
    },
    TIME,
  );
});
