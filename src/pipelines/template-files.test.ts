import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { compile } from '../ci/compile.ts';
import { variable } from '../ci/variable.ts';
import { readTemplate } from './template-files.ts';

const FOLDER = join(import.meta.dirname, '../../templates');
const names = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.yml'))
  .map((entry) => relative(FOLDER, join(entry.parentPath, entry.name)));

const compiled = async (config: string) =>
  await compile({
    fetchFile: async () => config,
    ask: (async (_kind: string, { name }: { name: string }) => await readTemplate(name)) as never,
    predefined: [variable('CI_COMMIT_BRANCH', 'main'), variable('CI_DEFAULT_BRANCH', 'main')],
    variables: [],
  });

test.each(names)('%s is a configuration on its own, or of the job beside it', async (name) => {
  expect(name).toMatch(/\.gitlab-ci\.yml$/);
  const result = await compiled(
    name.startsWith('Workflows/')
      ? `include: {template: ${name}}\njob: {script: x}`
      : `include: {template: ${name}}`,
  );
  expect(result.problems).toEqual([]);
  expect(result.warnings.filter(({ code }) => code !== 'unsupported')).toEqual([]);
  expect(result.outcome).toBe('plan');
});

test('the Node template runs a job called test, with the modules kept', async () => {
  const { plan } = await compiled('include: {template: Nodejs.gitlab-ci.yml}');
  expect(plan?.jobs).toMatchObject([{ name: 'test', image: { name: 'node:lts' } }]);
});

test.each([
  'README.md',
  '../package.json',
  'Workflows',
  '/etc/hosts',
  'Nodejs.gitlab-ci.yml/',
  '',
  'nodejs.gitlab-ci.yml',
])('%j is no template that a configuration could include', async (name) => {
  const { problems } = await compiled(`include: {template: "${name}"}`);
  expect(problems).toHaveLength(1);
});
