import { expect, test } from 'vitest';
import {
  jobVariables,
  persistedJobVariables,
  persistedPipelineVariables,
  pipelineVariables,
  projectVariables,
  runnerVariables,
  serverVariables,
  userVariables,
} from './predefined.ts';
import { slugify } from './slug.ts';
import type { Variable } from './variable.ts';

const url = 'https://ci.example.test:8443';
const project = {
  id: 7,
  name: 'My App',
  path: 'app',
  path_with_namespace: 'Acme/web_site/app',
  namespace_id: 31,
  description: null,
  visibility: 'internal',
  default_branch: 'trunk',
  ci_config_path: null,
};
const pipeline = {
  iid: 12,
  source: 'push',
  ref: 'feature/UPPER_case-',
  tag: false,
  sha: '9c1f0d2e3b4a5968778695a4b3c2d1e0f1a2b3c4',
  before_sha: '0'.repeat(40),
  protected: false,
  created_at: Date.UTC(2026, 0, 31, 16, 47, 55, 123),
  name: null,
  tag_message: null,
  commit: {
    message: 'Add a thing\n\nBecause of that.\n',
    author_name: 'Ada',
    author_email: 'ada@example.test',
    committed_date: '2026-01-31T17:47:55.000+01:00',
  },
};

const values = (list: Variable[]) => Object.fromEntries(list.map(({ key, value }) => [key, value]));

test('a slug is lower case, at most 63 long, and has no dash at its edges', () => {
  expect(slugify('Feature/ÄB_c')).toBe('feature--b-c');
  expect(slugify(`${'a'.repeat(62)}/b`)).toBe('a'.repeat(62));
  expect(slugify('--x--')).toBe('x');
});

test('the server tells its address in all its parts', () => {
  expect(values(serverVariables({ url, version: '19.1.2', revision: 'abc' }))).toMatchObject({
    CI: 'true',
    GITLAB_CI: 'true',
    CI_SERVER_URL: url,
    CI_SERVER_HOST: 'ci.example.test',
    CI_SERVER_PORT: '8443',
    CI_SERVER_PROTOCOL: 'https',
    CI_SERVER_FQDN: 'ci.example.test:8443',
    CI_SERVER_SHELL_SSH_HOST: 'ci.example.test',
    CI_SERVER_SHELL_SSH_PORT: '22',
    CI_SERVER_VERSION_MAJOR: '19',
    CI_SERVER_VERSION_MINOR: '1',
    CI_SERVER_VERSION_PATCH: '2',
    CI_API_V4_URL: `${url}/api/v4`,
  });
  expect(values(serverVariables({ url: 'http://ci.test', version: '19.0.0', revision: '' }))).toMatchObject({
    CI_SERVER_PORT: '80',
    CI_SERVER_FQDN: 'ci.test',
  });
});

test('a project tells where it is', () => {
  expect(values(projectVariables(project, url))).toEqual({
    CI_PROJECT_ID: '7',
    CI_PROJECT_NAME: 'app',
    CI_PROJECT_TITLE: 'My App',
    CI_PROJECT_DESCRIPTION: '',
    CI_PROJECT_PATH: 'Acme/web_site/app',
    CI_PROJECT_PATH_SLUG: 'acme-web-site-app',
    CI_PROJECT_NAMESPACE: 'Acme/web_site',
    CI_PROJECT_NAMESPACE_ID: '31',
    CI_PROJECT_NAMESPACE_SLUG: 'acme-web-site',
    CI_PROJECT_ROOT_NAMESPACE: 'Acme',
    CI_PROJECT_URL: `${url}/Acme/web_site/app`,
    CI_PROJECT_VISIBILITY: 'internal',
    CI_PROJECT_REPOSITORY_LANGUAGES: '',
    CI_PROJECT_CLASSIFICATION_LABEL: '',
    CI_PAGES_URL: `${url}/-/pages/7`,
    CI_DEFAULT_BRANCH: 'trunk',
    CI_DEFAULT_BRANCH_SLUG: 'trunk',
    CI_CONFIG_PATH: '.gitlab-ci.yml',
  });
  const branch = (default_branch: string | null) =>
    values(projectVariables({ ...project, default_branch }, url));
  expect(branch('Release/2.x_')['CI_DEFAULT_BRANCH_SLUG']).toBe('release-2-x');
  for (const name of ['CI_DEFAULT_BRANCH', 'CI_DEFAULT_BRANCH_SLUG'])
    expect(branch(null)).not.toHaveProperty(name);
});

test('a branch pipeline knows its branch and no tag', () => {
  expect(values(pipelineVariables(pipeline))).toEqual({
    CI_PIPELINE_IID: '12',
    CI_PIPELINE_SOURCE: 'push',
    CI_PIPELINE_CREATED_AT: '2026-01-31T16:47:55Z',
    CI_COMMIT_SHA: '9c1f0d2e3b4a5968778695a4b3c2d1e0f1a2b3c4',
    CI_COMMIT_SHORT_SHA: '9c1f0d2e',
    CI_COMMIT_BEFORE_SHA: '0'.repeat(40),
    CI_COMMIT_REF_NAME: 'feature/UPPER_case-',
    CI_COMMIT_REF_SLUG: 'feature-upper-case',
    CI_COMMIT_BRANCH: 'feature/UPPER_case-',
    CI_COMMIT_MESSAGE: 'Add a thing\n\nBecause of that.\n',
    CI_COMMIT_MESSAGE_IS_TRUNCATED: 'false',
    CI_COMMIT_TITLE: 'Add a thing',
    CI_COMMIT_DESCRIPTION: '\nBecause of that.',
    CI_COMMIT_REF_PROTECTED: 'false',
    CI_COMMIT_TIMESTAMP: '2026-01-31T17:47:55+01:00',
    CI_COMMIT_AUTHOR: 'Ada <ada@example.test>',
  });
});

test('a tag pipeline knows its tag and no branch', () => {
  const found = values(
    pipelineVariables({ ...pipeline, tag: true, ref: 'v1', tag_message: 'First', name: 'N' }),
  );
  expect(found).toMatchObject({ CI_COMMIT_TAG: 'v1', CI_COMMIT_TAG_MESSAGE: 'First', CI_PIPELINE_NAME: 'N' });
  expect(found).not.toHaveProperty('CI_COMMIT_BRANCH');
});

test('what the release of its tag says is known, so far as it is short', () => {
  const release_description = `# News\n${'😀'.repeat(1100)}`;
  const found = values(pipelineVariables({ ...pipeline, tag: true, ref: 'v1', release_description }));
  expect(found['CI_RELEASE_DESCRIPTION']).toBe(`# News\n${'😀'.repeat(1017)}`);
  expect(values(pipelineVariables(pipeline))).not.toHaveProperty('CI_RELEASE_DESCRIPTION');
});

test('a long message is cut at a character, a long title is repeated as the description', () => {
  const message = 'ü'.repeat(60_000);
  const found = values(pipelineVariables({ ...pipeline, commit: { ...pipeline.commit, message } }));
  expect(found['CI_COMMIT_MESSAGE']).toBe('ü'.repeat(50_000));
  expect(found['CI_COMMIT_MESSAGE_IS_TRUNCATED']).toBe('true');
  const title = 't'.repeat(100);
  const long = values(
    pipelineVariables({ ...pipeline, commit: { ...pipeline.commit, message: `${title}\nrest` } }),
  );
  expect(long['CI_COMMIT_DESCRIPTION']).toBe(`${title}\nrest`);
});

test('a job tells its name, its slug, its group, and which of them it is', () => {
  expect(
    values(
      jobVariables({
        name: 'unit tests 2/3',
        stage: 'test',
        when: 'manual',
        instance: { index: 2, total: 3 },
      }),
    ),
  ).toEqual({
    CI_JOB_NAME: 'unit tests 2/3',
    CI_JOB_NAME_SLUG: 'unit-tests-2-3',
    CI_JOB_GROUP_NAME: 'unit tests',
    CI_JOB_STAGE: 'test',
    CI_JOB_MANUAL: 'true',
    CI_NODE_INDEX: '2',
    CI_NODE_TOTAL: '3',
  });
  const alone = values(
    jobVariables({ name: 'rspec: [a, b]', stage: 'test', when: 'always', instance: null }),
  );
  expect(alone).toMatchObject({ CI_JOB_GROUP_NAME: 'rspec', CI_NODE_TOTAL: '1' });
  for (const name of ['CI_NODE_INDEX', 'CI_JOB_MANUAL']) expect(alone).not.toHaveProperty(name);
  const delayed = { name: 'a', stage: 'test', when: 'delayed', instance: null };
  expect(values(jobVariables(delayed))).toMatchObject({ CI_JOB_MANUAL: 'true' });
});

test('a trigger job says that it is manual, and not that it is delayed', () => {
  const bridge = { kind: 'bridge', name: 'a', stage: 'test', instance: null };
  expect(values(jobVariables({ ...bridge, when: 'manual' }))).toMatchObject({ CI_JOB_MANUAL: 'true' });
  expect(values(jobVariables({ ...bridge, when: 'delayed' }))).not.toHaveProperty('CI_JOB_MANUAL');
});

test.each([
  ['rspec 1/3', 'rspec'],
  ['rspec 1 3', 'rspec'],
  ['rspec:1/2: [a]', 'rspec'],
  ['rspec: [a, [b]] ', 'rspec'],
  ['test1 2', 'test1 2'],
  ['v1.2 3/4', 'v1.2'],
  ['a [b] c', 'a [b] c'],
  ['1 2', '1 2'],
  // An expression that goes back would be at these for hours.
  [`a${': []'.repeat(60)}x1`, `a${': []'.repeat(60)}x1`],
  [`a${'1 1'.repeat(80)}]`, `a${'1 1'.repeat(80)}]`],
])('the job %s is of the group %s', (name, group) => {
  const told = jobVariables({ name, stage: 'test', when: 'always', instance: null });
  expect(values(told)).toMatchObject({ CI_JOB_GROUP_NAME: group });
});

test('the token is masked and private wherever it stands alone, and never public in an address', () => {
  const list = persistedJobVariables(
    { id: 42, token: 'glcbt-1', started_at: pipeline.created_at },
    project,
    url,
  );
  expect(values(list)).toMatchObject({
    CI_JOB_ID: '42',
    CI_JOB_URL: `${url}/Acme/web_site/app/-/jobs/42`,
    CI_JOB_STARTED_AT: '2026-01-31T16:47:55Z',
    CI_JOB_STARTED_AT_SLUG: '2026-01-31t16-47-55z',
    CI_REPOSITORY_URL: 'https://gitlab-ci-token:glcbt-1@ci.example.test:8443/Acme/web_site/app.git',
  });
  for (const { key, value, public: isPublic, masked } of list) {
    if (!value.includes('glcbt-1')) continue;
    expect([key, isPublic]).toEqual([key, false]);
    expect([key, masked]).toEqual([key, key !== 'CI_REPOSITORY_URL']);
  }
});

test('pipeline, runner and user tell who they are', () => {
  expect(values(persistedPipelineVariables(9, project, url))).toEqual({
    CI_PIPELINE_ID: '9',
    CI_PIPELINE_URL: `${url}/Acme/web_site/app/-/pipelines/9`,
  });
  expect(values(runnerVariables({ id: 3, description: null, tag_list: ['docker', 'linux'] }))).toEqual({
    CI_RUNNER_ID: '3',
    CI_RUNNER_DESCRIPTION: '',
    CI_RUNNER_TAGS: '["docker", "linux"]',
  });
  expect(values(userVariables({ id: 5, email: 'a@b.test', username: 'ada', name: 'Ada L' }))).toEqual({
    GITLAB_USER_ID: '5',
    GITLAB_USER_EMAIL: 'a@b.test',
    GITLAB_USER_LOGIN: 'ada',
    GITLAB_USER_NAME: 'Ada L',
  });
});
