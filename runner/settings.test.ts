import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';

const enough = {
  JOBYARD_RUNNER_URL: 'http://127.0.0.1:8080/',
  JOBYARD_RUNNER_TOKEN: 'glrt-x',
  JOBYARD_RUNNER_BUILDS: '/b',
  JOBYARD_RUNNER_STATE: '/s',
};

test('what is not set has its default', () => {
  const settings = readSettings(enough, false);
  expect(settings).toMatchObject({
    url: 'http://127.0.0.1:8080',
    user: undefined,
    output_limit: 4_194_304,
    cancel_grace: 10_000,
  });
  expect(settings.concurrent).toBeGreaterThanOrEqual(2);
});

test('root may name a user for the jobs, whose group has the same number unless it is named too', () => {
  expect(readSettings({ ...enough, JOBYARD_RUNNER_UID: '1000' }, true).user).toEqual({
    uid: 1000,
    gid: 1000,
  });
  expect(readSettings({ ...enough, JOBYARD_RUNNER_UID: '1000', JOBYARD_RUNNER_GID: '7' }, true).user).toEqual(
    {
      uid: 1000,
      gid: 7,
    },
  );
});

test('all mistakes are told at once', () => {
  const wrong = {
    JOBYARD_RUNNER_URL: 'ftp://x',
    JOBYARD_RUNNER_BUILDS: 'b',
    JOBYARD_RUNNER_UID: '5',
    JOBYARD_RUNNER_CONCURRENT: '0',
  };
  expect(() => readSettings(wrong, false)).toThrow(
    /http or https.*ftp[\s\S]*only root[\s\S]*TOKEN is not set[\s\S]*absolute path, not "b"[\s\S]*STATE is not set[\s\S]*at least 1, not "0"/,
  );
});
