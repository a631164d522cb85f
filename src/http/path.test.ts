import { expect, test } from 'vitest';
import { compilePath } from './path.ts';

test('a parameter is one segment, in which a slash is encoded', () => {
  const { mount, match } = compilePath('/projects/:id/jobs/:job_id');
  expect(mount).toBe('/api/v4/projects/:id/jobs/:job_id');
  expect(match('/api/v4/projects/a%2Fb/jobs/7?x=/y')).toEqual({ id: 'a/b', job_id: '7' });
  expect(match('/api/v4/projects/a/b/jobs/7')).toBeNull();
});

test('a wide parameter takes as many segments as it can, encoded or not', () => {
  const { mount, match } = compilePath('/projects/:id/jobs/artifacts/:ref_name+/raw/:artifact_path+');
  expect(mount).toBe('/api/v4/projects/:id/jobs/artifacts/*');
  const at = '/api/v4/projects/1/jobs/artifacts';
  expect(match(`${at}/improve/awesome/raw/a/b.txt`)).toMatchObject({
    ref_name: 'improve/awesome',
    artifact_path: 'a/b.txt',
  });
  expect(match(`${at}/improve%2Fawesome/raw/a%2Fb.txt`)).toMatchObject({ ref_name: 'improve/awesome' });
  expect(match(`${at}/main/download`)).toBeNull();
});

test('what is badly encoded is refused, not guessed', () => {
  expect(() => compilePath('/projects/:id').match('/api/v4/projects/%E0%A4%A')).toThrow('400 Bad request');
});
