/** What `jobyard run` would run, and what it refuses. */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Explanation } from '../../src/ci/explanation.ts';
import { git } from '../support/git.ts';
import { lintLocally, runLocally, workTree, writeFiles } from '../support/run-locally.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TIME = 300_000;

const names = (jobs: { name: string }[]) => jobs.map(({ name }) => name).join(' ');

describe('jobyard run, before it runs anything', () => {
  test(
    'lists the jobs of an event, a ref, variables and inputs, and runs none',
    async () => {
      const folder = await workTree({
        '.gitlab-ci.yml': `
spec: {inputs: {where: {default: here}}}
---
a: {script: [exit 1], rules: [{if: $CI_PIPELINE_SOURCE == "schedule"}]}
b: {script: [exit 1], rules: [{if: $CI_COMMIT_BRANCH == "release"}]}
c: {script: [exit 1], rules: [{if: $CI_COMMIT_TAG == "v1"}]}
d: {script: [exit 1], rules: [{if: $WHAT == "it=x", when: manual}]}
e-$[[ inputs.where ]]: {script: [exit 1], needs: [], image: alpine}
m: {script: [exit 1], rules: [{if: $CI_MERGE_REQUEST_IID && $CI_COMMIT_BRANCH == null}]}
`,
      });
      const listed = async (...args: string[]) => {
        const { stdout, code, stderr } = await runLocally(folder, ['--list', '--json', ...args]);
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
      };
      expect(await listed()).toEqual(['e-here']);
      expect(await listed('--event', 'schedule', '--ref', 'release')).toEqual(['a', 'b', 'e-here']);
      expect(await listed('--ref', 'refs/tags/v1', '--input', 'where=there')).toEqual(['c', 'e-there']);
      expect(await listed('--event', 'merge_request_event')).toEqual(['m']);
      const { stdout } = await runLocally(folder, ['--list', '--var', 'WHAT'], { WHAT: 'it=x' });
      expect((await runLocally(folder, ['--list', '--var', 'WHAT=it=x'])).stdout).toBe(stdout);
      expect(stdout).toBe(
        'JOB     STAGE  WHEN        NEEDS\nd       test   manual\ne-here  test   on_success\n',
      );
      const { stdout: json } = await runLocally(folder, ['--list', '--json']);
      expect(JSON.parse(json)).toEqual([
        {
          name: 'e-here',
          stage: 'test',
          when: 'on_success',
          allow_failure: false,
          needs: [],
          image: 'alpine',
          environment: null,
          tags: [],
          trigger: null,
        },
      ]);
    },
    TIME,
  );

  test(
    'writes nothing to the work tree for a list, which may be one that cannot be written to, and leaves nothing elsewhere',
    async () => {
      const folder = await workTree({ '.gitlab-ci.yml': 'a: {script: [x]}\n' });
      const run = join(folder, '.jobyard');
      // Nobody can make the folder of a run here, not even root, who may write to what is read-only.
      writeFileSync(run, '');
      const before = readdirSync(folder);
      const TMPDIR = temporaryFolder();
      const { code, stdout, stderr } = await runLocally(folder, ['--list', '--json'], { TMPDIR });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(names(JSON.parse(stdout) as { name: string }[])).toBe('a');
      expect(readdirSync(folder)).toEqual(before);
      rmSync(run);
      expect((await runLocally(folder, ['--list'], { TMPDIR })).code).toBe(0);
      expect(existsSync(run)).toBe(false);
      // Of Node itself there is its cache of what it has compiled.
      expect(readdirSync(TMPDIR).filter((name) => name.startsWith('jobyard'))).toEqual([]);
    },
    TIME,
  );

  test(
    'a merge request has no job of its branch, and what comes after no push may have changed everything',
    async () => {
      const folder = await workTree({
        'src/a': '1',
        '.gitlab-ci.yml': `
plain: {script: [x]}
branch: {script: [x], only: [branches]}
name: {script: [x], only: [/^ma/]}
merged: {script: [x], only: [merge_requests]}
changed: {script: [x], rules: [{changes: [src/*]}]}
since: {script: [x], rules: [{changes: {paths: [src/*], compare_to: main}}]}
first: {script: [x], rules: [{if: '$CI_COMMIT_BEFORE_SHA =~ /^0+$/'}]}
`,
      });
      for (const message of ['second', 'third']) {
        writeFiles(folder, { other: message });
        await git(folder, 'add', '--all');
        await git(folder, 'commit', '--quiet', '--message', message);
      }
      await git(folder, 'remote', 'add', 'origin', 'https://example.test/acme/app.git');
      await git(folder, 'update-ref', 'refs/remotes/origin/main', 'HEAD^');
      const asked = async (...args: string[]) => {
        const run = await runLocally(folder, ['--list', '--json', ...args]);
        const lint = await lintLocally(folder, ['--explain', '--json', ...args]);
        expect([run.code, lint.code, run.stderr]).toEqual([0, 0, '']);
        const told = JSON.parse(lint.stdout) as { explanation: Explanation };
        const linted = names(told.explanation.jobs.filter(({ included }) => included));
        return { run: names(JSON.parse(run.stdout) as { name: string }[]), lint: linted };
      };
      const ofBranch = 'plain branch name';
      expect(await asked()).toEqual({ run: ofBranch, lint: `${ofBranch} first` });
      for (const event of ['schedule', 'api']) {
        const all = `${ofBranch} changed first`;
        expect(await asked('--event', event)).toEqual({ run: all, lint: all });
      }
      const merged = 'merged first';
      expect(await asked('--event', 'merge_request_event')).toEqual({ run: merged, lint: merged });
      const given = await lintLocally(folder, ['--explain', '--event', 'web', '--changed', 'other']);
      expect(given.stdout).toMatch(/^out +changed /m);
    },
    TIME,
  );

  test(
    'says what is wrong with its arguments and with the configuration, and ends with 2',
    async () => {
      const folder = await workTree({ '.gitlab-ci.yml': 'a:\n  script: [x]\n  needs: [b]\n' });
      const wrong = await runLocally(folder, [
        '--event',
        'x',
        '--var',
        '1=2',
        '--nope',
        '--concurrency',
        '0',
        '--list=1',
      ]);
      expect(wrong.code).toBe(2);
      for (const word of [
        '--event is "x"',
        '--var is "1=2"',
        '--nope is not a flag',
        '--concurrency',
        '--list takes no value',
      ])
        expect(wrong.stderr).toContain(word);
      const invalid = await runLocally(folder);
      expect(invalid).toMatchObject({ code: 2, stdout: '' });
      expect(invalid.stderr).toMatch(/^jobyard: \.gitlab-ci\.yml:\d+:\d+: .*undefined need: b/);
      writeFiles(folder, { '.gitlab-ci.yml': 'a: {script: [x], rules: [{if: $NOTHING}]}' });
      expect((await runLocally(folder)).stderr).toContain('would have been empty');
      rmSync(join(folder, '.gitlab-ci.yml'));
      expect((await runLocally(folder)).stderr).toContain('Missing CI config file');
      expect((await runLocally(folder, ['./nowhere'])).stderr).toContain('./nowhere is no folder');
      expect((await runLocally(folder, ['--help'])).stdout).toContain('jobyard run [DIR] [JOB…] [FLAGS]');
    },
    TIME,
  );
});
