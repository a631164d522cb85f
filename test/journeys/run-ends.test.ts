/** How a `jobyard run` ends that does not end by itself. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { processesWith } from '../support/processes.ts';
import { runLocally, startRun, startRunInTerminal, workTree } from '../support/run-locally.ts';

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
});
