import { expect, test } from 'vitest';
import { isOwnFile } from './own-file.ts';

test.each(['.gitlab-ci.yml', 'ci/a b.yml', 'ci/c++.yml', 'ci/über.yml', 'ci/@team/build.yml'])(
  '%s is a file of the project',
  (file) => {
    expect(isOwnFile(file)).toBe(true);
  },
);

test.each([
  'group/project:ci.yml',
  'group/project@v1.2:templates/lint.yml',
  'https://example.org/ci.yml',
  'template:Jobs/Build.gitlab-ci.yml',
  'artifacts of generate/child.yml',
  'ci.yml@group/project',
  'trigger:include',
  'ci/[MASKED].yml',
  'ci/\ud800.yml',
])('%j is none', (file) => {
  expect(isOwnFile(file)).toBe(false);
});
