/** How a `jobyard run` ends that does not end by itself. */
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { git } from '../support/git.ts';
import { processesWith } from '../support/processes.ts';
import { runLocally, startRun, startRunInTerminal, workTree, writeFiles } from '../support/run-locally.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TIME = 300_000;

const logOf = (folder: string, name: string) =>
  readFileSync(join(folder, `.jobyard/logs/${name}.log`), 'utf8');

describe('jobyard run, ended', () => {
  test(
    'refuses a second run beside it; is killed, and the next run ends what it left and works',
    async () => {
      const folder = await workTree({ '.gitlab-ci.yml': 'long:\n  script: [echo begun, sleep $LONG]\n' });
      const run = startRun(folder, ['--var', 'LONG=987.5']);
      await run.printed('long | begun');
      const second = await runLocally(folder);
      expect(second.code).toBe(2);
      expect(second.stderr).toContain(`Another run is at work here (process ${run.pid})`);
      await run.kill9();
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

  test(
    'is canceled while it reads the work tree: at once, and git with all that it has started',
    async () => {
      const folder = await workTree({ '.gitlab-ci.yml': 'a: {script: [exit 1]}\n' });
      await git(folder, 'config', 'filter.slow.clean', 'echo "it reads" >&2; touch begun; sleep 765.25');
      writeFiles(folder, { '.gitattributes': '*.slow filter=slow\n', 'a.slow': 'x' });
      const run = startRun(folder, ['--json']);
      while (!existsSync(join(folder, 'begun'))) await setTimeout(50);
      run.kill('SIGINT');
      const { code, stdout, stderr } = await run.ended;
      expect({ code, stderr }).toEqual({ code: 130, stderr: 'jobyard: canceled\n' });
      expect(JSON.parse(stdout)).toEqual({ status: null, exit_code: 130, message: 'canceled', jobs: [] });
      expect(processesWith('765.25')).toEqual([]);
      expect(existsSync(join(folder, '.jobyard/data'))).toBe(false);
    },
    TIME,
  );

  test(
    'says in JSON as well why it could not be begun, and empties no folder that only a link leads to',
    async () => {
      const folder = await workTree({ '.gitlab-ci.yml': 'a: {script: [exit 1]}\n' });
      const others = temporaryFolder();
      writeFiles(others, { 'logs/kept': 'x' });
      symlinkSync(others, join(folder, '.jobyard'));
      const { code, stdout, stderr } = await runLocally(folder, ['--json']);
      const message = `${join(folder, '.jobyard')} is no folder: remove it.`;
      expect({ code, stderr }).toEqual({ code: 2, stderr: `jobyard: ${message}\n` });
      expect(JSON.parse(stdout)).toMatchObject({ status: null, exit_code: 2, message });
      expect(readdirSync(others)).toEqual(['logs']);
    },
    TIME,
  );

  test(
    'keeps each log and each folder of artifacts for itself, whatever jobs are called; a list leaves them there',
    async () => {
      const folder = await workTree({
        '.gitlab-ci.yml': `
t: {script: [echo tried, exit 1], retry: 1, allow_failure: true}
t-2: {script: [echo other]}
T: {script: [echo large]}
构建/x: {script: [echo built]}
"x/../../../y": {script: [echo out > f, ln -s ../.. up], artifacts: {paths: [f, up]}}
"z\\e]0;title\\a": {script: [echo z]}
`,
      });
      const ended = await runLocally(folder, ['--json']);
      expect(ended.code).toBe(0);
      const { jobs } = JSON.parse(ended.stdout) as { jobs: { name: string; log: string }[] };
      expect(new Set(jobs.map(({ log }) => log.toLowerCase())).size).toBe(7);
      const says = { t: 'tried', 't-2': 'other', T: 'large' };
      for (const [name, text] of Object.entries(says))
        for (const job of jobs.filter((each) => each.name === name))
          expect(readFileSync(job.log, 'utf8')).toContain(`echo ${text}`);
      const { code, stdout } = await runLocally(folder, ['--list']);
      expect(code).toBe(0);
      expect(stdout).toContain('\nz ');
      expect(logOf(folder, '构建_x')).toContain('built');
      expect(readFileSync(join(folder, '.jobyard/artifacts/x_.._.._.._y/f'), 'utf8')).toBe('out\n');
    },
    TIME,
  );
});
