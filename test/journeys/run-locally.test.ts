/** `jobyard run`: the real command, in work trees of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { processesWith } from '../support/processes.ts';
import { runLocally, startRun, workTree, writeFiles } from '../support/run-locally.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TIME = 300_000;

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

describe('jobyard run', () => {
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
later: {stage: deploy, needs: [], when: delayed, start_in: 1 hour, script: [echo never]}
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
      expect(stdout).toMatch(/^later: waits for its time, or for --manual$/m);
      expect(stdout).toContain('The pipeline is scheduled: 2 success, 1 failed, 1 skipped, 1 scheduled.');
      expect(logOf(folder, 'break')).toContain('exit code 3');
      expect(readFileSync(join(folder, '.jobyard/artifacts/build/out/file.txt'), 'utf8')).toBe('made\n');
      expect(readdirSync(join(folder, '.jobyard')).toSorted()).toEqual([
        '.gitignore',
        'artifacts',
        'logs',
        'runner',
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
      expect(readdirSync(join(folder, 'app/.jobyard/logs')).toSorted()).toEqual(['four.log', 'one.log']);
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
again: {stage: last, needs: [], retry: 1, script: [exit 1], allow_failure: true}
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
        again: 'failed',
      });
      expect(first.said).toContain('elsewhere is left out: pipelines of other projects (some/other)');
      expect(logOf(folder, 'child/inner')).toContain('\nnothing\n');
      expect(logOf(folder, 'made/inner')).toContain('\nmade\n');
      expect(first).toMatchObject({ status: 'success', exit_code: 0, code: 0 });
      // Each try has a log of its own.
      expect(logOf(folder, 'again')).toContain('exit code 1');
      expect(logOf(folder, 'again-2')).toContain('exit code 1');
      await runJson(folder);
      expect(logOf(folder, 'child/inner')).toContain('\nagain\n');
      expect(logOf(folder, 'child/inner')).not.toContain('\nnothing\n');
    },
    TIME,
  );

  test(
    'gives jobs the PATH and nothing else of the environment, a home of their own, and runs so many at once as it is told',
    async () => {
      const folder = await workTree({
        '.gitlab-ci.yml': `
.alone: {script: [mkdir "$PLACE", sleep 0.5, rmdir "$PLACE"]}
one: {extends: .alone}
two: {extends: .alone}
three: {needs: [], script: ['echo "<$MINE> <$GIVEN> $PATH"', 'echo mine > ~/.profile']}
`,
      });
      const place = join(temporaryFolder(), 'place');
      const args = ['--var', `PLACE=${place}`, '--var', 'GIVEN', '--concurrency', '1'];
      const PATH = `/opt/of-mine:${process.env.PATH}`;
      const { code, stdout } = await runLocally(folder, args, { MINE: 'mine', GIVEN: 'given', PATH });
      expect(code, stdout).toBe(0);
      expect(stdout).toContain(`three | <> <given> ${PATH}\n`);
      expect(readdirSync(folder).toSorted()).toEqual(['.git', '.gitlab-ci.yml', '.jobyard']);
      // Jobs do not run below the work tree.
      expect(stdout).not.toMatch(new RegExp(`Working in ${folder}`));
    },
    TIME,
  );

  test(
    'reaches its own server by no proxy, whoever names one; and shows no arguments to who lists processes',
    async () => {
      const folder = await workTree({
        '.gitlab-ci.yml':
          'a:\n  script: [echo "by $http_proxy" > f, sleep $LONG]\n  artifacts: {paths: [f]}\n',
      });
      const proxy = 'http://127.0.0.1:1';
      const environment = {
        http_proxy: proxy,
        HTTP_PROXY: proxy,
        NODE_USE_ENV_PROXY: '1',
        NO_PROXY: 'a.example',
      };
      const args = ['--var', 'http_proxy', '--var', 'NO_PROXY', '--var', 'LONG=3'];
      const run = startRun(folder, args, environment);
      await run.printed('a | $ sleep $LONG');
      expect(readFileSync(`/proc/${run.pid}/cmdline`, 'utf8')).not.toContain('LONG');
      expect((await run.ended).code).toBe(0);
      expect(readFileSync(join(folder, '.jobyard/artifacts/a/f'), 'utf8')).toBe(`by ${proxy}\n`);
    },
    TIME,
  );
});
