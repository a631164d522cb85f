import { describe, expect, test } from 'vitest';
import { whyNone } from './why-none.ts';

const at = (line: number) => ({ file: '.gitlab-ci.yml', line });
const decided = {
  included: true,
  reason: 'no_rules',
  message: 'it has none',
  decided_by: null,
  passed_over: [],
};
const out = {
  ...decided,
  included: false,
  reason: 'no_rule_matched',
  message: 'none matches',
  passed_over: [at(7)],
};
const job = { ...out, ...at(3), name: 'nightly' };

describe('why a push makes no pipeline', () => {
  test('is each job that is left out, at the rule that was looked at', () => {
    expect(whyNone({ errors: [at(1)], workflow: decided, jobs: [job] })).toEqual([
      { job: 'nightly', message: 'none matches', ...at(7) },
    ]);
    const never = { ...job, decided_by: at(9) };
    expect(whyNone({ errors: [], workflow: decided, jobs: [never] })[0]).toMatchObject(at(9));
    expect(whyNone({ errors: [], workflow: decided, jobs: [{ ...job, passed_over: [] }] })[0]).toMatchObject(
      at(3),
    );
  });

  test('is the workflow alone, where that leaves out everything', () => {
    expect(whyNone({ errors: [at(1)], workflow: out, jobs: [job] })).toEqual([
      { job: null, message: 'none matches', ...at(7) },
    ]);
  });

  test('is nothing where a job is in it, or the configuration cannot be used', () => {
    expect(whyNone({ errors: [], workflow: decided, jobs: [job, { ...job, included: true }] })).toEqual([]);
    expect(whyNone({ errors: [at(1)], workflow: decided, jobs: [] })).toEqual([]);
    const refused = { ...out, reason: 'not_asked', message: 'the configuration was refused before' };
    expect(whyNone({ errors: [at(1)], workflow: refused, jobs: [] })).toEqual([]);
    const undecided = { ...job, reason: 'undecided' };
    expect(whyNone({ errors: [at(1)], workflow: decided, jobs: [undecided] })).toEqual([]);
  });
});
