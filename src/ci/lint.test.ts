import { expect, test } from 'vitest';
import { lint } from './lint.ts';
import { variable } from './variable.ts';

const look = (source: string, dry_run = false, files: Record<string, string> = {}) =>
  lint(
    {
      fetchFile: async (path) => ({ '.gitlab-ci.yml': source, ...files })[path] ?? null,
      predefined: [variable('CI_COMMIT_BRANCH', 'main')],
      variables: [],
    },
    { dry_run },
  );
const messages = (found: { message: string }[]) => found.map(({ message }) => message);

const SOURCE = `include: more.yml
.base: { tags: [linux] }
build: { extends: .base, script: make, environment: { name: live }, after_script: [echo] }
never: { script: 'true', rules: [{ if: $NO }] }
`;
const FILES = {
  'more.yml': 'more: { script: [one, two], before_script: [zero], when: manual, needs: [build] }',
};

test('shows all jobs, whatever their rules, and the configuration in one', async () => {
  const { valid, jobs, merged_yaml } = await look(SOURCE, false, FILES);
  expect(valid).toBe(true);
  expect(jobs.map(({ name }) => name)).toEqual(['more', 'build', 'never']);
  expect(jobs[0]).toEqual({
    name: 'more',
    stage: 'test',
    before_script: ['zero'],
    script: ['one', 'two'],
    after_script: [],
    tag_list: [],
    environment: null,
    when: 'manual',
    allow_failure: true,
    only: { refs: ['branches', 'tags'] },
    except: null,
    needs: [{ name: 'build', artifacts: true, optional: false }],
  });
  expect(jobs[2]).toMatchObject({ only: null });
  expect(jobs[1]).toMatchObject({ tag_list: ['linux'], environment: 'live', after_script: ['echo'] });
  expect(merged_yaml).toMatch(/^---\nmore:\n {2}script:\n {2}- one\n/);
  expect(merged_yaml).not.toContain('include');
});

test('shows the jobs of the pipeline that would be created', async () => {
  expect((await look(SOURCE, true, FILES)).jobs.map(({ name }) => name)).toEqual(['more', 'build']);
  expect(Object.keys((await look(SOURCE, true, FILES)).jobs[0] ?? {})).not.toContain('only');
  const none = await look('job: { script: a, rules: [{ if: $NO }] }', true);
  expect(none).toMatchObject({ valid: false, jobs: [] });
  expect(messages(none.errors)).toEqual([expect.stringContaining('would have been empty')]);
});

test('a configuration with mistakes in its entries can be shown in one, one that cannot be read cannot', async () => {
  const wrong = await look('job: { script: a, when: sometimes }\nother: { script: b }');
  expect(wrong).toMatchObject({ valid: false, jobs: [] });
  expect(messages(wrong.errors)).toEqual([expect.stringContaining('jobs:job when')]);
  expect(wrong.merged_yaml).toContain('when: sometimes');
  expect(await look('job: [')).toMatchObject({ valid: false, merged_yaml: null, jobs: [] });
});

test('shows only and except as a map, and the jobs stage by stage', async () => {
  const { jobs } = await look(`
last: { stage: deploy, script: a, only: [main, /^v/] }
first: { stage: build, script: a, only: { variables: [$A == "x", $B], changes: [src/*] }, except: { kubernetes: active } }
`);
  expect(jobs.map(({ name, only, except }) => ({ name, only, except }))).toEqual([
    {
      name: 'first',
      only: { refs: ['branches', 'tags'], variables: ['$A == "x"', '$B'], changes: ['src/*'] },
      except: { kubernetes: 'active' },
    },
    { name: 'last', only: { refs: ['main', '/^v/'] }, except: null },
  ]);
});

test('shows the stages that every pipeline has, where stages are written', async () => {
  const job = 'job: { script: x }';
  const written = await look(`stages: [.post, build, test]\n${job}`);
  expect(written.merged_yaml).toContain('stages:\n- .pre\n- build\n- test\n- .post\n');
  expect((await look(job)).merged_yaml).not.toContain('stages');
});
