import { expect, test } from 'vitest';
import { decodeJob } from './job-payload.ts';

test('null and absent fields get their defaults', () => {
  const job = decodeJob({
    id: 1,
    token: 't',
    image: null,
    cache: null,
    hooks: null,
    artifacts: [{ paths: ['a'], exclude: null }],
    variables: [{ key: 'A', value: null }],
    steps: [{ name: 'script', script: ['x'] }],
  });
  expect(job.runner_info.timeout).toBe(7200);
  expect(job.cache).toEqual([]);
  expect(job.artifacts[0]).toMatchObject({
    artifact_type: 'archive',
    artifact_format: 'zip',
    when: 'on_success',
    exclude: [],
  });
  expect(job.variables[0]).toEqual({
    key: 'A',
    value: '',
    public: false,
    file: false,
    masked: false,
    raw: false,
  });
  expect(job.steps[0]).toMatchObject({ when: 'on_success', allow_failure: false });
});

test.each([[null], [[]], [{}], [{ id: '1', token: 't' }], [{ id: -1, token: 't' }], [{ id: 1 }]])(
  'the job %j is refused',
  (json) => {
    expect(() => decodeJob(json)).toThrow(/no usable id|no token/);
  },
);
