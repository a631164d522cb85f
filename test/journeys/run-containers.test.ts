/** `jobyard run` with an engine for containers: a stand-in that notes how it was called, see stand-in-engine.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { processesWith } from '../support/processes.ts';
import { runLocally, startRun, workTree } from '../support/run-locally.ts';
import { type EngineCall, standInEngine } from '../support/stand-in-engine.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TIME = 300_000;
const called = (calls: readonly EngineCall[], ...words: string[]) =>
  calls.filter(({ args }) => words.every((word) => args.includes(word)));

describe('jobyard run with an engine', () => {
  test(
    'runs jobs with an image in it: the build folder, variables, services and what comes of them',
    async () => {
      const engine = standInEngine(temporaryFolder());
      const folder = await workTree({
        '.gitlab-ci.yml': `
variables: {TAG: '3', SAID: "a 'b'", LINES: "one\\ntwo"}
build:
  image: {name: 'registry.example/tools:$TAG', entrypoint: [''], docker: {user: builder}, pull_policy: always}
  services:
    - {name: 'postgres:16', alias: 'db,main', variables: {POSTGRES_PASSWORD: 'p$TAG'}, command: [postgres, -c, fsync=off]}
    - redis
  script: ['echo "$SAID|$LINES|$IN_CONTAINER|$CI_PROJECT_DIR" | tee made', pwd, 'echo "home $HOME"']
  after_script: ['echo "after $CI_JOB_STATUS $IN_CONTAINER"']
  artifacts: {paths: [made]}
host:
  needs: [build]
  script: ['cat made; echo "on ${'${IN_CONTAINER:-the host}'}"']
`,
      });
      const { code, stdout } = await runLocally(folder, ['--engine', 'podman'], {
        PATH: `${engine.folder}:${process.env.PATH}`,
        DOCKER_HOST: 'unix:///nowhere',
      });
      expect(code, stdout).toBe(0);
      expect(stdout).not.toContain('WARNING');
      expect(stdout).toMatch(
        /^build \| a 'b'\|one\nbuild \| two\|yes\|(\/\S+)\nbuild \| \$ pwd\nbuild \| \1$/m,
      );
      expect(stdout).toContain('build | home \n');
      expect(stdout).toContain('build | after success yes\n');
      expect(stdout).toContain('host | on the host\n');
      const calls = engine.calls();
      expect(called(calls, 'pull', 'registry.example/tools:3')).toHaveLength(1);
      expect(called(calls, 'pull', 'postgres:16')).toHaveLength(1);
      const [service] = called(calls, 'run', '--detach', 'postgres:16');
      expect(service?.args.slice(-4)).toEqual(['postgres:16', 'postgres', '-c', 'fsync=off']);
      expect(service?.args).toEqual(
        expect.arrayContaining([
          '--network-alias=db',
          '--network-alias=main',
          '--network-alias=postgres',
          '--pull=never',
        ]),
      );
      expect(service?.environment).toContain('POSTGRES_PASSWORD=p3\n');
      expect(service?.environment).not.toContain('CI_JOB_TOKEN=');
      const [script, after] = called(calls, 'run', '--interactive', 'registry.example/tools:3');
      const network = service?.args.find((arg) => arg.startsWith('--network=')) ?? 'none';
      expect(script?.args).toEqual(
        expect.arrayContaining([
          '--rm',
          '--init',
          '--entrypoint=',
          '--user=builder',
          '--pull=never',
          network,
        ]),
      );
      expect(script?.args.find((arg) => arg.startsWith('--volume='))).toMatch(/^--volume=(\/.+\/1-0):\1$/);
      expect(script?.environment).toContain("SAID=a 'b'\n");
      expect(script?.environment).not.toMatch(/^(PATH|HOME|LINES|JOBYARD_(JOB|RUNNER)\w*)=/m);
      expect(script?.args.join(' ')).not.toContain('glcbt-');
      expect(after).toBeDefined();
      // Removed by the label that all of them carry.
      const label = script?.args.find((arg) => arg.startsWith('--label='));
      expect(service?.args).toContain(label);
      const [removal] = called(calls, 'rm', '--force');
      expect(removal?.args.filter((arg) => /^(service|job)/.test(arg))).toHaveLength(4);
      expect(called(calls, 'network', 'rm')[0]?.args.at(-1)).toBe(network.slice('--network='.length));
    },
    TIME,
  );

  test(
    'fails a job whose image cannot be had, and says why; removes what a canceled one has',
    async () => {
      const engine = standInEngine(temporaryFolder());
      const env = { PATH: `${engine.folder}:${process.env.PATH}` };
      const folder = await workTree({
        '.gitlab-ci.yml': `
gone: {stage: build, image: nowhere/image, script: [echo never], allow_failure: true}
long: {stage: test, image: here, script: [echo begun, sleep 765.5], after_script: [echo "after $CI_JOB_STATUS"]}
`,
      });
      const run = startRun(folder, ['--engine', 'podman'], env);
      await run.printed('long | begun');
      run.kill('SIGINT');
      const { code, stdout } = await run.ended;
      expect(code).toBe(130);
      expect(stdout).toMatch(/^gone: failed \(image_pull_failure\), as it may after/m);
      expect(readFileSync(join(folder, '.jobyard/logs/gone.log'), 'utf8')).toContain(
        'the image nowhere/image cannot be had: no such image',
      );
      expect(stdout).toContain('long | after canceled\n');
      expect(processesWith('765.5')).toEqual([]);
      expect(called(engine.calls(), 'rm', '--force').length).toBeGreaterThan(0);
    },
    TIME,
  );

  test(
    'warns once that images are ignored where none answers, and removes at the next run what a killed one left',
    async () => {
      const engine = standInEngine(temporaryFolder());
      const env = { PATH: `${engine.folder}:${process.env.PATH}` };
      const folder = await workTree({
        '.gitlab-ci.yml':
          'a: {image: x, script: [echo begun, sleep $LONG]}\nb: {image: y, script: [echo b]}\n',
      });
      const run = startRun(folder, ['--var', 'LONG=654.5', '--engine', 'podman'], env);
      await run.printed('a | begun');
      await run.kill9();
      const known = engine.calls().length;
      // That of the job that was under way; the other one may have ended before.
      const label = called(engine.calls(), 'run', '--interactive')
        .find(({ args }) => args.includes('x'))
        ?.args.find((arg) => arg.startsWith('--label='));
      await runLocally(folder, ['b', '--engine', 'podman'], env);
      const later = engine.calls().slice(known);
      // The two jobs' that were left, and that of the run itself.
      expect(called(later, 'rm', '--force').length).toBeGreaterThan(1);
      expect(called(later, 'ps', `--filter=${label?.slice('--'.length)}`)).toHaveLength(1);
      expect(processesWith('654.5')).toEqual([]);
      engine.silence();
      const { stdout, code } = await runLocally(folder, ['--var', 'LONG=0', '--engine', 'podman'], env);
      expect(code).toBe(0);
      expect(stdout.match(/WARNING/g)).toHaveLength(1);
      expect(stdout).toContain(
        'WARNING: image and services are ignored, since podman is installed but does not answer. Jobs run directly on this machine: a, b\n',
      );
    },
    TIME,
  );
});
