import { beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../support/api.ts';
import { ciProject } from '../support/ci-project.ts';
import { databases } from '../support/databases.ts';
import { personWith } from '../support/job-scenes.ts';
import { openRunnerHouse, type RunnerHouse } from '../support/runner-house.ts';

interface Lint {
  valid: boolean;
  errors: string[];
  warnings: string[];
  merged_yaml: string | null;
  includes: object[] | null;
  jobs?: { name: string }[];
}

const names = ({ body }: { body: Lint }) => body.jobs?.map(({ name }) => name);

describe.each(databases)('a configuration is looked over on %s', (kind) => {
  let house: RunnerHouse;
  let api: Api;
  beforeAll(async () => {
    house = await openRunnerHouse(kind);
    ({ api } = house);
  });

  const SOURCE = `include: /ci/more.yml
build: { script: make, rules: [{ if: $CI_COMMIT_BRANCH == "main" }] }
tagged: { script: make, rules: [{ if: $CI_COMMIT_TAG }] }
`;
  async function projectOf(config: string | null) {
    const project = await ciProject(house);
    await project.commitFile('ci/more.yml', 'more: { script: [echo], variables: { A: "yes" } }');
    const sha = await project.commit(config);
    const post = (body: Record<string, unknown>) => api<Lint>('POST', `${project.at}/ci/lint`, { body });
    const get = (query = '') => api<Lint>('GET', `${project.at}/ci/lint${query}`);
    return { ...project, sha, post, get };
  }

  test('before it is committed, with the files that the project has, and nothing comes of it', async () => {
    const { post, at } = await projectOf(null);
    const found = await post({ content: SOURCE, include_jobs: true });
    expect([found.status, found.body.valid, names(found)]).toEqual([200, true, ['more', 'build', 'tagged']]);
    expect(found.body.merged_yaml).toMatch(
      /^---\nmore:\n {2}script:\n {2}- echo\n {2}variables:\n {4}A: 'yes'\n/,
    );
    expect((await post({ content: SOURCE })).body).not.toHaveProperty('jobs');
    expect((await api('GET', `${at}/pipelines`)).body).toEqual([]);
  });

  test('as its pipeline would be, for a branch and for a tag', async () => {
    const { post, sha, tag } = await projectOf(SOURCE);
    await tag('v1', sha);
    const dry = (ref?: string) => post({ content: SOURCE, include_jobs: true, dry_run: true, ref });
    expect(names(await dry())).toEqual(['more', 'build']);
    expect(names(await dry('v1'))).toEqual(['more', 'tagged']);
    expect((await dry('none')).body).toMatchObject({ valid: false, errors: ['Reference not found'] });
  });

  test('with many warnings, it is told the first twenty-five', async () => {
    const { post } = await projectOf(null);
    const jobs = Array.from(
      { length: 30 },
      (_, index) => `job ${index}: {script: x, rules: [{when: always}]}\n`,
    );
    const { warnings } = (await post({ content: jobs.join('') })).body;
    expect([warnings.length, warnings[24]]).toEqual([25, expect.stringContaining('job 24')]);
  });

  test('with mistakes, it is answered in the words of a pipeline that fails of them', async () => {
    const { post } = await projectOf(null);
    const wrong = await post({ content: 'a: { script: b, when: sometimes }' });
    expect([wrong.status, wrong.body.valid]).toEqual([200, false]);
    expect(wrong.body.errors).toEqual([expect.stringContaining('jobs:a when')]);
    const unread = await post({ content: 'a: [' });
    expect(unread.body).toMatchObject({ valid: false, merged_yaml: null });
    expect((await post({ content: ' ' })).body.errors).toEqual(['Please provide content of .gitlab-ci.yml']);
    expect((await post({ content: 'include: gone.yml' })).body.errors).toEqual([
      'Local file `gone.yml` does not exist!',
    ]);
    expect(await post({})).toMatchObject({ status: 400, body: { error: 'content is missing' } });
  });

  test('with all files that it includes, those of one file before those that they include', async () => {
    const other = await ciProject(house);
    const file = (file_path: string, text: string) => other.commitFile(file_path, text);
    await file('nested.yml', 'nested: { script: a }');
    const there = await file('ci.yml', 'include: nested.yml\nother: { script: a }');
    const { post, path, sha } = await projectOf(null);
    const content = `include:
  - project: ${other.path.toUpperCase()}
    file: /ci.yml
  - { local: /ci/more.yml, rules: [{ when: always }] }
  - template: Workflows/Branch-Pipelines.gitlab-ci.yml
`;
    const { body } = await post({ content });
    expect(body.errors).toEqual([]);
    const [context_project, context_sha] = [path, sha];
    const { url } = house;
    expect(body.includes).toEqual([
      {
        type: 'file',
        location: 'ci.yml',
        blob: `${url}/${other.path}/-/blob/${there}/ci.yml`,
        raw: `${url}/${other.path}/-/raw/${there}/ci.yml`,
        extra: { project: other.path, ref: 'HEAD' },
        context_project,
        context_sha,
      },
      {
        type: 'local',
        location: 'ci/more.yml',
        blob: `${url}/${path}/-/blob/${sha}/ci/more.yml`,
        raw: `${url}/${path}/-/raw/${sha}/ci/more.yml`,
        extra: { rules: [{ when: 'always' }] },
        context_project,
        context_sha,
      },
      {
        type: 'template',
        location: 'Workflows/Branch-Pipelines.gitlab-ci.yml',
        blob: null,
        raw: null,
        extra: {},
        context_project,
        context_sha,
      },
      expect.objectContaining({
        type: 'local',
        location: 'nested.yml',
        blob: `${url}/${other.path}/-/blob/${there}/nested.yml`,
        context_project: other.path,
        context_sha: there,
      }),
    ]);
    expect((await post({ content: 'a: { script: b }' })).body.includes).toEqual([]);
    expect((await post({ content: 'include: gone.yml' })).body.includes).toBeNull();
  });

  test('as it is at a commit', async () => {
    const { get, sha, commit } = await projectOf(SOURCE);
    await commit('job: { script: a }');
    expect(names(await get('?include_jobs=true'))).toEqual(['job']);
    for (const query of [`content_ref=${sha}`, `sha=${sha}`])
      expect(names(await get(`?include_jobs=true&${query}`))).toEqual(['more', 'build', 'tagged']);
    expect(names(await get(`?include_jobs=true&content_ref=${sha}&dry_run=true`))).toEqual(['more', 'build']);
    expect(await get('?content_ref=none')).toMatchObject({
      status: 404,
      body: { message: '404 Commit Not Found' },
    });
    expect(await get(`?content_ref=${sha}&sha=${sha}`)).toMatchObject({
      status: 400,
      body: { error: 'sha, content_ref are mutually exclusive' },
    });
  });

  test('of a commit that no branch and no tag leads to it is not looked at', async () => {
    const { get, sha, commit, tag, id } = await projectOf(SOURCE);
    await commit('job: { script: a }', 'aside');
    const aside = await commit('job: { script: b }', 'aside');
    expect((await get(`?content_ref=${aside}`)).body.valid).toBe(true);
    await api('DELETE', `/projects/${id}/repository/branches/aside`);
    expect((await get(`?content_ref=${aside}&include_jobs=true`)).body).toEqual({
      valid: false,
      errors: [
        'Could not validate configuration. The configuration originates from an external project or a commit not associated with a Git reference (a detached commit)',
      ],
      warnings: [],
      merged_yaml: null,
      includes: null,
      jobs: [],
    });
    await tag('kept', aside);
    expect((await get(`?content_ref=${aside}`)).body.valid).toBe(true);
    expect((await get(`?content_ref=${sha}`)).body.valid).toBe(true);
  });

  test('in place of the file of the project, which it may include', async () => {
    const { post } = await projectOf('include: /ci/more.yml\nold: { script: a }');
    const found = await post({ content: 'include: .gitlab-ci.yml\nnew: { script: b }', include_jobs: true });
    expect([found.body.errors, names(found)]).toEqual([[], ['more', 'old', 'new']]);
  });

  test('with a warning for a key that is written twice', async () => {
    const { post } = await projectOf(null);
    const { body } = await post({ content: 'variables: { A: x }\nvariables: { B: y }\na: { script: b }' });
    expect([body.valid, body.warnings]).toEqual([
      true,
      ['`variables` is written twice: what line 1 says of it has no effect'],
    ]);
  });

  test('where nothing was pushed yet, only what is given can be', async () => {
    const { body } = await api<{ id: number }>('POST', '/projects', { body: { name: `empty-${kind}` } });
    const at = `/projects/${body.id}/ci/lint`;
    expect(await api('GET', at)).toMatchObject({
      status: 404,
      body: { message: '404 Repository Not Found' },
    });
    const found = await api<Lint>('POST', at, { body: { content: 'a: { script: b }', include_jobs: true } });
    expect(names(found)).toEqual(['a']);
  });

  test('without what only its pipeline knows, for whoever may not start that', async () => {
    const { at, id } = await projectOf(null);
    await api('POST', `${at}/variables`, { body: { key: 'SECRET', value: 'of-main-only', protected: true } });
    const developer = await personWith(api, 'developer', id);
    const ask = (token?: string) =>
      api<Lint>('POST', `${at}/ci/lint`, {
        body: { content: 'a: { script: b, tags: [$SECRET] }', dry_run: true, include_jobs: true },
        ...(token !== undefined && { token }),
      });
    expect((await ask()).body.jobs).toMatchObject([{ tag_list: ['of-main-only'] }]);
    expect((await ask(developer.token)).body.jobs).toMatchObject([{ tag_list: ['$SECRET'] }]);
  });

  test('a masked value is not in what a mistake says', async () => {
    const { at, post } = await projectOf(null);
    await api('POST', `${at}/variables`, { body: { key: 'WHERE', value: 'hidden-place-1', masked: true } });
    const { body } = await post({ content: 'include: "$WHERE.yml"' });
    expect(body.errors).toHaveLength(1);
    expect(JSON.stringify(body)).not.toContain('hidden-place-1');
  });

  const askAsNobody = async ({ at }: { at: string }, query = '') =>
    (await api<Lint>('GET', `${at}/ci/lint${query}`, { token: null })).body;

  test('for somebody who is not signed in, with what is public', async () => {
    const [seen, unseen] = [await ciProject(house), await ciProject(house)];
    for (const other of [seen, unseen]) await other.commitFile('a.yml', 'theirs: { script: a }');
    const open = await ciProject(house);
    await open.commit(`include: { project: ${seen.path}, file: a.yml }
own: { script: a, rules: [{ exists: { project: ${seen.path}, paths: [a.yml] } }] }`);
    const closed = await ciProject(house);
    await closed.commit(`include: { project: ${unseen.path}, file: a.yml }`);
    for (const { at } of [seen, open, closed]) await api('PUT', at, { body: { visibility: 'public' } });
    expect(await askAsNobody(open, '?include_jobs=true')).toMatchObject({
      errors: [],
      jobs: [{ name: 'theirs' }, { name: 'own' }],
    });
    expect((await askAsNobody(closed)).errors).toEqual([
      expect.stringContaining('not found or access denied'),
    ]);
    expect(await askAsNobody(open, '?include_jobs=true&dry_run=true')).toMatchObject({ errors: [] });
  });

  test('while pipelines are made, which wait for no look', async () => {
    const { post, at } = await projectOf('job: { script: a }');
    const rule = `{ if: '$A =~ /${'(a|b)*'.repeat(1600)}/' }`;
    const content = `a: { script: b, rules: [${Array.from({ length: 5 }, () => rule).join()}] }`;
    const make = () => api('POST', `${at}/pipeline`, { body: { ref: 'main' } });
    // From now on there is a thread that makes them.
    await make();
    let ended = 0;
    const looks = Array.from({ length: 8 }, async () => {
      expect((await post({ content })).body.valid).toBe(true);
      ended++;
    });
    await Promise.race(looks);
    expect(await make()).toMatchObject({ status: 201 });
    expect(ended).toBeLessThan(8);
    await Promise.all(looks);
  });
});
