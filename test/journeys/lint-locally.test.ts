/** `jobyard lint`: the real command, in work trees of its own. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Explanation } from '../../src/ci/explanation.ts';
import { git } from '../support/git.ts';
import { lintInTerminal, lintLocally, lintThrough, workTree, writeFiles } from '../support/run-locally.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Json {
  valid: boolean;
  errors: string[];
  warnings: string[];
  merged_yaml: string | null;
  includes: { type: string; location: string }[] | null;
  jobs: { name: string }[];
  problems: { severity: string; message: string; file: string; line: number; column: number }[];
  explanation?: Explanation;
}

/** With --json: the exit code, and what was printed. */
async function look(folder: string, ...args: string[]): Promise<Json & { code: number | null }> {
  const { code, stdout, stderr } = await lintLocally(folder, ['--json', ...args]);
  if (!stdout) throw new Error(stderr);
  return { code, ...(JSON.parse(stdout) as Json) };
}
const names = ({ jobs }: Json) => jobs.map(({ name }) => name);
const included = ({ explanation }: Json) =>
  explanation?.jobs.filter((job) => job.included).map(({ name }) => name);

const RULES = `build: { script: make, rules: [{ if: $CI_COMMIT_BRANCH == "main" }] }
docs: { script: a, rules: [{ changes: [docs/*] }] }
nightly: { script: a, rules: [{ if: $CI_PIPELINE_SOURCE == "schedule" }] }
release: { script: a, rules: [{ if: $CI_COMMIT_TAG }] }
`;

describe('a configuration is looked over on a laptop', () => {
  test('and told to be valid', async () => {
    const folder = await workTree({ '.gitlab-ci.yml': RULES });
    expect(await lintLocally(folder)).toEqual({
      code: 0,
      stdout: '.gitlab-ci.yml is valid: 4 jobs\n',
      stderr: '',
    });
  });

  test('with the place, the line and a caret for each mistake', async () => {
    const folder = await workTree({
      '.gitlab-ci.yml': 'include: ci/more.yml\nbuild:\n  script: make\n\twhen: x\n',
      'ci/more.yml': 'a: { script: b }',
    });
    const unread = await lintLocally(folder);
    expect(unread.code).toBe(1);
    expect(unread.stdout).toMatch(/^\.gitlab-ci\.yml:4:1: error: .+\n {2}4 \| \twhen: x\n {4}\| \^\n/);
    writeFiles(folder, {
      '.gitlab-ci.yml': 'include: ci/more.yml\nbuild:\n  script: make\n  when: sometimes\n',
      'ci/more.yml': 'a: { script: b, retry: 9 }',
    });
    expect(await lintLocally(folder)).toMatchObject({
      code: 1,
      stdout: `ci/more.yml:1:24: error: retry config must be less than or equal to 2
  1 | a: { script: b, retry: 9 }
    |                        ^
.gitlab-ci.yml:4:9: error: jobs:build when should be one of: on_success, on_failure, always, manual, delayed
  4 |   when: sometimes
    |         ^
.gitlab-ci.yml is invalid: 2 errors
`,
    });
  });

  test('with warnings, which leave it valid', async () => {
    const folder = await workTree({ '.gitlab-ci.yml': 'a: { script: b, rules: [{ when: always }] }' });
    const { code, stdout } = await lintLocally(folder);
    expect(code).toBe(0);
    expect(stdout).toContain('.gitlab-ci.yml:1:24: warning: jobs:a may allow multiple pipelines');
    expect(stdout).toContain('is valid: 1 job, 1 warning');
  });

  test('with a warning for each key that is written twice, which a pipeline is not told of', async () => {
    const folder = await workTree({
      '.gitlab-ci.yml': 'include: more.yml\na: { script: b }\nvariables: { A: x }\nvariables: { B: y }\n',
      'more.yml': 'm: { script: a, script: b }\n',
    });
    const { code, stdout } = await lintLocally(folder);
    expect(code).toBe(0);
    expect(stdout).toContain(
      '.gitlab-ci.yml:4:1: warning: `variables` is written twice: what line 3 says of it has no effect\n' +
        '  4 | variables: { B: y }\n    | ^\n',
    );
    expect(stdout).toContain(
      'more.yml:1:17: warning: `more.yml`: `script` is written twice: what line 1 says',
    );
    const wrong = await workTree({ '.gitlab-ci.yml': 'a: { script: b, when: x, script: c }' });
    const found = await lintLocally(wrong);
    expect([found.code, found.stdout]).toEqual([
      1,
      expect.stringContaining('1:26: warning: `script` is written'),
    ]);
  });

  test('with colours on a terminal alone, and nothing of a file that would move its cursor', async () => {
    const folder = await workTree({ '.gitlab-ci.yml': 'a: { script: b, when: "\u001b[2Jx" }' });
    const { stdout } = await lintLocally(folder, [], { env: { FORCE_COLOR: '1' } });
    expect(stdout).not.toContain('\u001b');
    const shown = await lintInTerminal(folder);
    expect(shown).toContain('\u001b[31merror:');
    expect(shown).not.toContain('\u001b[2J');
    expect(await lintInTerminal(folder, { NO_COLOR: '1' })).not.toContain('\u001b[31m');
  });

  test('as it stands there, with what is not committed and without what git ignores', async () => {
    const folder = await workTree({
      '.gitlab-ci.yml': 'include: [new.yml]\na: { script: b, rules: [{ exists: [ignored] }] }',
      '.gitignore': 'ignored*\nold.yml\n',
    });
    writeFiles(folder, { 'new.yml': 'new: { script: a }', 'ignored.yml': 'x: { script: a }', ignored: '' });
    const found = await look(folder, '--explain');
    expect([found.code, names(found), included(found)]).toEqual([0, ['new'], ['new']]);
    writeFiles(folder, { '.gitlab-ci.yml': 'include: ignored.yml' });
    expect((await look(folder)).errors).toEqual(['Local file `ignored.yml` does not exist!']);
  });

  test('reads nothing that lies outside of the work tree', async () => {
    const outside = temporaryFolder();
    writeFileSync(join(outside, 'secret.yml'), 'secret: { script: a }');
    const folder = await workTree({ '.gitlab-ci.yml': 'include: link.yml' });
    symlinkSync(join(outside, 'secret.yml'), join(folder, 'link.yml'));
    expect((await look(folder)).errors).toEqual(['Local file `link.yml` does not exist!']);
  });

  test('of another name, from a folder below, from standard input, and without git', async () => {
    const folder = await workTree({
      'ci/other.yml': 'include: /ci/more.yml\nother: { script: $CI_CONFIG_PATH }',
      'ci/more.yml': 'more: { script: a }',
    });
    expect(names(await look(folder, 'ci/other.yml'))).toEqual(['more', 'other']);
    expect(names(await look(join(folder, 'ci'), 'other.yml'))).toEqual(['more', 'other']);
    const { code, stdout } = await lintLocally(folder, ['-'], { input: 'include: ci/more.yml\nx: [' });
    expect([code, stdout.split(': ')[0]]).toEqual([1, '.gitlab-ci.yml:2:5']);
    const plain = temporaryFolder();
    mkdirSync(join(plain, 'ci'));
    writeFiles(plain, { '.gitlab-ci.yml': 'include: ci/*.yml', 'ci/a.yml': 'a: { script: a }' });
    expect(names(await look(plain))).toEqual(['a']);
  });

  test('with the templates that come with it', async () => {
    const folder = await workTree({ '.gitlab-ci.yml': 'include: { template: Bash.gitlab-ci.yml }' });
    const { code, includes, jobs } = await look(folder);
    expect([code, includes?.[0]?.type, jobs.length > 0]).toEqual([0, 'template', true]);
  });

  test('and those that they include in turn, for a merge request of the files that are there', async () => {
    const folder = await workTree({
      '.gitlab-ci.yml': 'include: { template: Jobs/SAST.latest.gitlab-ci.yml }',
      'src/app.py': '',
    });
    const seen = await look(folder, '--explain', '--event', 'merge_request_event');
    expect(included(seen)).toEqual(['semgrep-sast']);
    expect(seen.includes?.map(({ location }) => location)).toEqual([
      'Jobs/SAST.latest.gitlab-ci.yml',
      'Jobs/SAST.gitlab-ci.yml',
      'Jobs/Scan-Rules.gitlab-ci.yml',
    ]);
  });

  test('and whoever reads only the beginning of a long report is told nothing else', async () => {
    const jobs = Array.from({ length: 3000 }, (_, index) => `job${index}: { script: make }\n`);
    const folder = await workTree({ '.gitlab-ci.yml': jobs.join('') });
    expect(await lintThrough(folder, 'head -n 1')).toEqual({ code: 0, stdout: '{\n', stderr: '' });
  });

  test('a wrong call is told what is wrong with it', async () => {
    const folder = await workTree({ 'a.txt': '' });
    const said = async (...args: string[]) => {
      const { code, stdout, stderr } = await lintLocally(folder, args);
      expect([code, stdout]).toEqual([2, '']);
      return stderr;
    };
    expect(await said()).toMatch(/^jobyard: There is no \.gitlab-ci\.yml in /);
    expect(await said('gone.yml')).toBe('jobyard: There is no gone.yml.\n');
    const all = await said('a', 'b', '--nope', '--event', 'x', '--var', '1', '--server', 'ftp://x');
    for (const word of ['b is one', '--nope', '--event', '--var', '--server']) expect(all).toContain(word);
    const { code: without_git, stderr } = await lintLocally(folder, [], { env: { PATH: folder } });
    expect([without_git, stderr]).toEqual([2, expect.stringMatching(/^jobyard: git cannot be found/)]);
    expect(await said('--var', 'NOT_HERE')).toContain('--var NOT_HERE has no value, and here is none');
    const { code, stdout } = await lintLocally(folder, ['--help']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('--explain')]);
  });
});

describe('explained on a laptop', () => {
  test('for any event, ref, change, variable and input', async () => {
    const folder = await workTree({ '.gitlab-ci.yml': RULES });
    const asked = async (...args: string[]) => included(await look(folder, '--explain', ...args));
    expect(await asked('--changed', 'src/a')).toEqual(['build']);
    expect(await asked('--changed', 'docs/a')).toEqual(['build', 'docs']);
    expect(await asked('--changed', 'src/a', '--event', 'schedule', '--ref', 'other')).toEqual(['nightly']);
    expect(await asked('--changed', 'src/a', '--ref', 'refs/tags/v1')).toEqual(['release']);
    writeFiles(folder, {
      '.gitlab-ci.yml': `spec: { inputs: { name: } }
---
$[[ inputs.name ]]: { script: a, rules: [{ if: $WHO == "ada" }] }`,
    });
    expect(await asked('--input', 'name=mine', '--var', 'WHO=ada')).toEqual(['mine']);
  });

  test('with what a push would change, compared with what the remote has', async () => {
    const folder = await workTree({ '.gitlab-ci.yml': RULES, 'docs/a': '1', 'src/a': '1' });
    const docs = async () => included(await look(folder, '--explain'))?.includes('docs');
    expect(await docs()).toBe(true);
    await git(folder, 'remote', 'add', 'origin', 'https://example.org/acme/app.git');
    await git(folder, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
    writeFiles(folder, { 'src/a': '2' });
    expect(await docs()).toBe(false);
    writeFiles(folder, { 'docs/new': '1' });
    expect(await docs()).toBe(true);
  });

  test('in words, with places and what was read', async () => {
    const folder = await workTree({ '.gitlab-ci.yml': RULES });
    const { code, stdout } = await lintLocally(folder, ['--explain', '--changed', 'src/a']);
    expect(code).toBe(0);
    expect(stdout).toContain(`in   build    rule 1 matches
     .gitlab-ci.yml:1:32  rule 1 holds
         $CI_COMMIT_BRANCH == "main"
           CI_COMMIT_BRANCH = "main"
`);
    expect(stdout).toContain(`out  docs     none of its rules matches
     .gitlab-ci.yml:2:28  rule 1 does not hold (changes)
           changes: nothing matches
`);
    expect(stdout).toContain('           CI_COMMIT_TAG is not defined\n');
  });

  test('a pipeline that would not be created is a mistake then, and none otherwise', async () => {
    const folder = await workTree({ '.gitlab-ci.yml': 'a: { script: b, rules: [{ if: $NO }] }' });
    expect((await look(folder)).code).toBe(0);
    const { code, errors, explanation } = await look(folder, '--explain');
    expect([code, errors.length, explanation?.jobs[0]?.reason]).toEqual([1, 1, 'no_rule_matched']);
  });
});

describe('an include that needs a server', () => {
  const FAR = `include:
  - project: acme/shared
    file: ci.yml
  - remote: https://example.org/x.yml
  - component: example.org/acme/tools/scan@1.0
own: { script: a }
`;

  test('is a warning at its line', async () => {
    const folder = await workTree({ '.gitlab-ci.yml': FAR });
    const { code, problems, jobs } = await look(folder);
    expect([code, jobs.length]).toEqual([0, 1]);
    expect(problems.map(({ severity, line, column }) => [severity, line, column])).toEqual([
      ['warning', 3, 11],
      ['warning', 4, 13],
      ['warning', 5, 16],
    ]);
    expect((await lintLocally(folder)).stdout).toContain(
      'no mistake was found, but 3 includes could not be read',
    );
  });

  test('may hold what is missing, and nothing else that is wrong', async () => {
    const folder = await workTree({
      '.gitlab-ci.yml': `${FAR}job: { extends: .mid }\n.mid: { extends: .far }\n`,
    });
    const doubtful = await look(folder);
    expect([doubtful.code, doubtful.errors, doubtful.warnings.length]).toEqual([0, [], 4]);
    expect(doubtful.warnings[3]).toContain('unknown keys in `extends` (.far) (perhaps since');
    writeFiles(folder, { '.gitlab-ci.yml': `${FAR}job: { script: a, needs: [far] }\n` });
    const needing = await look(folder);
    expect([needing.code, needing.errors]).toEqual([0, []]);
    expect(needing.warnings[3]).toContain('undefined need: far (perhaps since');
    writeFiles(folder, {
      '.gitlab-ci.yml': `${FAR}job: { extends: .far }\nother: { extends: .far, script: a, when: sometimes }\n`,
    });
    const wrong = await look(folder);
    expect([wrong.code, wrong.errors]).toEqual([1, [expect.stringContaining('jobs:other when')]]);
  });
});
