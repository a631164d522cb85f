/** `jobyard run`: the real command, in work trees of its own. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { git } from '../support/git.ts';
import { processesWith } from '../support/processes.ts';
import { runLocally, startRun, startRunInTerminal, workTree, writeFiles } from '../support/run-locally.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TIME = 120_000;

interface Json {
  status: string;
  exit_code: number;
  jobs: { name: string; above: string[]; status: string; log: string | null; artifacts: string | null }[];
}
const statuses = ({ jobs }: Json) =>
  Object.fromEntries(jobs.map(({ above, name, status }) => [[...above, name].join('/'), status]));

/** Runs with --json; answers what came of it. */
async function runJson(
  folder: string,
  ...args: string[]
): Promise<Json & { code: number | null; said: string }> {
  const { code, stdout, stderr } = await runLocally(folder, ['--json', ...args]);
  if (!stdout) throw new Error(stderr);
  return { ...(JSON.parse(stdout) as Json), code, said: stderr };
}

const logOf = (folder: string, name: string) =>
  readFileSync(join(folder, `.jobyard/logs/${name}.log`), 'utf8');

/** Every file below a folder with its time and content, but for `.jobyard`. The times of objects git renews that has them already. */
function photograph(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('/.jobyard'))
    .map((path) => {
      const stats = statSync(path);
      const content = stats.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
      const time = stats.isFile() && !path.includes('/.git/objects/') ? stats.mtimeMs : '';
      return `${path} ${stats.mode} ${time} ${content}`;
    })
    .toSorted();
}

describe('jobyard run', () => {
  test(
    'runs the work tree as it is: what is not committed, and not what git ignores; and leaves the repository as it was',
    async () => {
      const folder = await workTree({
        '.gitlab-ci.yml':
          'look:\n  script: [cat changed.txt new.txt, "! ls secret.txt gone.txt node_modules", git status --short]\n',
        '.gitignore': 'secret.txt\nnode_modules/\n',
        'changed.txt': 'as committed\n',
        'gone.txt': 'here',
      });
      writeFiles(folder, {
        'changed.txt': 'as changed\n',
        'new.txt': 'as new\n',
        'secret.txt': 'x',
        'node_modules/a/b.js': 'x',
      });
      rmSync(join(folder, 'gone.txt'));
      writeFiles(folder, { 'staged.txt': 'staged' });
      await git(folder, 'add', 'staged.txt');
      const status = await git(folder, 'status', '--short', '--branch');
      const before = photograph(folder);
      const { code, stdout } = await runLocally(folder);
      expect(stdout).toContain('look | as changed\nlook | as new\n');
      expect(code).toBe(0);
      expect(photograph(folder)).toEqual(before);
      expect(await git(folder, 'status', '--short', '--branch')).toBe(status);
      expect(status).not.toContain('.jobyard');
      expect(await git(folder, 'fsck', '--full', '--unreachable')).not.toContain('unreachable');
    },
    TIME,
  );

  test(
    'shows the log of what fails, ends with 1, and keeps logs and artifacts in .jobyard and nothing elsewhere',
    async () => {
      const folder = await workTree({
        '.gitlab-ci.yml': `
build:
  stage: build
  script: [mkdir out, echo made > out/file.txt]
  artifacts: {paths: [out]}
use:
  stage: test
  script: [cat out/file.txt]
break:
  stage: test
  script: [echo "it is broken", exit 3]
after:
  stage: deploy
  script: [echo never]
`,
      });
      const { code, stdout } = await runLocally(folder);
      expect(code).toBe(1);
      expect(stdout).toContain('use | made\n');
      expect(stdout).toContain('break | it is broken\n');
      expect(stdout).toMatch(
        /^break: failed \(script_failure\) after .*, log in \.jobyard\/logs\/break\.log$/m,
      );
      expect(stdout).toMatch(/^after: skipped$/m);
      expect(stdout).toContain('The pipeline is failed: 2 success, 1 failed, 1 skipped.');
      expect(logOf(folder, 'break')).toContain('exit code 3');
      expect(readFileSync(join(folder, '.jobyard/artifacts/build/out/file.txt'), 'utf8')).toBe('made\n');
      expect(readdirSync(join(folder, '.jobyard')).toSorted()).toEqual([
        '.gitignore',
        'artifacts',
        'logs',
        'runner',
        'server.log',
      ]);
      expect(processesWith(folder)).toEqual([]);
    },
    TIME,
  );

  test(
    'runs a picked job with those it needs and no other; a manual job when it is named; the pipeline of a folder without git',
    async () => {
      const folder = temporaryFolder();
      writeFiles(folder, {
        'app/.gitlab-ci.yml': `
stages: [a, b, c]
default: {tags: [special]}
one: {stage: a, script: [echo 1 > one], artifacts: {paths: [one]}}
two: {stage: a, script: [exit 1]}
three: {stage: b, needs: [one], script: [cat one]}
four: {stage: c, script: [cat one], when: manual}
five: {stage: c, needs: [three], script: [exit 1], when: manual}
`,
      });
      const picked = await runJson(folder, 'app', 'three');
      expect(statuses(picked)).toEqual({ one: 'success', three: 'success' });
      expect(picked.code).toBe(0);
      const played = await runJson(folder, './app', 'four');
      expect(statuses(played)).toEqual({ one: 'success', four: 'success' });
      const named = await runJson(folder, 'app', '--manual', 'five');
      expect(statuses(named)).toEqual({
        one: 'success',
        two: 'failed',
        three: 'success',
        four: 'skipped',
        five: 'failed',
      });
      const unknown = await runLocally(folder, ['app', 'six']);
      expect(unknown.code).toBe(2);
      expect(unknown.stderr).toBe(
        'jobyard: The pipeline has no job six; its jobs are one, two, three, four, five.\n',
      );
      // A job that may fail must not, when it is named.
      expect((await runLocally(join(folder, 'app'), ['--manual', 'five', 'five'])).code).toBe(1);
    },
    TIME,
  );

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
      expect(await listed('--event', 'merge_request_event')).toEqual(['e-here', 'm']);
      const { stdout } = await runLocally(folder, ['--list', '--var', 'WHAT=it=x']);
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

  test(
    'runs child pipelines too, one made by a job among them; keeps the cache for the next run; leaves out other projects',
    async () => {
      const folder = await workTree({
        '.gitlab-ci.yml': `
stages: [make, below, last]
make:
  stage: make
  script: ['echo "{inner: {script: [echo made]}}" > made.yml']
  artifacts: {paths: [made.yml]}
child: {stage: below, trigger: {include: child.yml, strategy: depend}}
made: {stage: below, trigger: {include: [{artifact: made.yml, job: make}], strategy: depend}}
elsewhere: {stage: last, trigger: {project: some/other}}
`,
        'child.yml': `
inner:
  cache: {key: k, paths: [kept]}
  script: ["cat kept/file || echo nothing", mkdir -p kept, echo again > kept/file]
`,
      });
      const first = await runJson(folder);
      expect(statuses(first)).toEqual({
        make: 'success',
        child: 'success',
        made: 'success',
        'child/inner': 'success',
        'made/inner': 'success',
      });
      expect(first.said).toContain('elsewhere is left out: pipelines of other projects (some/other)');
      expect(logOf(folder, 'child/inner')).toContain('\nnothing\n');
      expect(logOf(folder, 'made/inner')).toContain('\nmade\n');
      await runJson(folder);
      expect(logOf(folder, 'child/inner')).toContain('\nagain\n');
      expect(logOf(folder, 'child/inner')).not.toContain('\nnothing\n');
    },
    TIME,
  );

  test(
    'refuses a second run beside it; is killed, and the next run ends what it left and works',
    async () => {
      const folder = await workTree({ '.gitlab-ci.yml': 'long:\n  script: [echo begun, sleep $LONG]\n' });
      const run = startRun(folder, ['--var', 'LONG=987.5']);
      await run.printed('long | begun');
      const second = await runLocally(folder);
      expect(second.code).toBe(2);
      expect(second.stderr).toContain(`Another run is at work here (process ${run.pid})`);
      for (const pid of processesWith('jobyard-run-').filter((each) => each !== run.pid))
        if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('runner/main'))
          process.kill(pid, 'SIGKILL');
      run.kill('SIGKILL');
      await run.ended;
      expect(processesWith('987.5').length).toBeGreaterThan(0);
      const next = await runLocally(folder, ['--var', 'LONG=0']);
      expect(next.code).toBe(0);
      expect(processesWith('987.5')).toEqual([]);
      expect(existsSync(join(folder, '.jobyard/lock'))).toBe(false);
    },
    TIME,
  );

  test(
    'shows a terminal what runs and the log of what fails; Ctrl-C cancels, runs after_script and leaves no process',
    async () => {
      const folder = await workTree({
        '.gitlab-ci.yml': `
fails: {stage: build, script: [echo "it is broken", exit 1], allow_failure: true}
long: {stage: test, script: [echo now it waits, sleep 876.25 & sleep 876.5], after_script: [echo cleaned up]}
never: {stage: deploy, script: [echo never]}
`,
      });
      const run = startRunInTerminal(folder, []);
      await run.printed('$ sleep 876.25 &');
      run.type('\x03');
      const { code, stdout } = await run.ended;
      expect(code).toBe(130);
      expect(stdout).toContain('it is broken');
      expect(stripVTControlCharacters(stdout)).toMatch(
        /^! build fails failed \(script_failure\), as it may after/m,
      );
      expect(stripVTControlCharacters(stdout)).toMatch(/^■ test long canceled/m);
      expect(stdout).toContain('Canceling');
      expect(logOf(folder, 'long')).toContain('cleaned up');
      expect(existsSync(join(folder, '.jobyard/logs/never.log'))).toBe(false);
      expect(processesWith('876.')).toEqual([]);
      expect(processesWith(folder)).toEqual([]);
      // The cursor is shown again, and lines wrap.
      expect(stdout.lastIndexOf('\x1b[?25h')).toBeGreaterThan(stdout.lastIndexOf('\x1b[?25l'));
      expect(stdout.lastIndexOf('\x1b[?7h')).toBeGreaterThan(stdout.lastIndexOf('\x1b[?7l'));
    },
    TIME,
  );

  test(
    'ends at once at a second Ctrl-C, also a job that will not end',
    async () => {
      const folder = await workTree({
        '.gitlab-ci.yml': `long: {script: ["trap '' TERM; echo begun; while :; do sleep 543.5; done"]}`,
      });
      const run = startRun(folder, []);
      await run.printed('long | begun');
      run.kill('SIGINT');
      await run.printed('Canceling');
      run.kill('SIGINT');
      expect((await run.ended).code).toBe(130);
      expect(processesWith('543.5')).toEqual([]);
      expect(existsSync(join(folder, '.jobyard/lock'))).toBe(false);
    },
    TIME,
  );
});
