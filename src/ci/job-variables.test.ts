import { expect, test } from 'vitest';
import { VariablesOfJobs } from './job-variables.ts';
import { givenVariables, type StoredVariable } from './stored-variable.ts';
import { variable } from './variable.ts';

const job = (name: string, inherit_variables = true) => ({
  name,
  stage: 'deploy',
  when: null,
  instance: null,
  environment: { name: 'review/$CI_JOB_NAME', action: 'start' as const, deployment_tier: null, url: null },
  variables: [],
  inherit_variables,
});

test('what is given everywhere is gone through once, however many environments there are', () => {
  let looks = 0;
  const everywhere: StoredVariable = {
    ...variable('HOST', ''),
    get value() {
      looks++;
      return '$NOBODY';
    },
    environment_scope: '*',
  };
  const there = { ...variable('HOST', 'there'), environment_scope: 'review/*' };
  const jobs = new VariablesOfJobs([], [], givenVariables([everywhere, there], []));
  const names = Array.from({ length: 30 }, (_, index) => `job-${index}`);
  const see = (name: string, inherits: boolean) => jobs.of(job(name, inherits)).get('HOST')?.value;
  for (const inherits of [true, false]) expect(see('first', inherits)).toBe('there');
  const once = looks;
  for (const name of names) for (const inherits of [true, false]) expect(see(name, inherits)).toBe('there');
  expect(looks).toBe(once);
});
