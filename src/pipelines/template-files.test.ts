import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { pipelineOf, STAGES_OF_DEPLOY } from '../../test/support/template-project.ts';

const FOLDER = join(import.meta.dirname, '../../templates');
const names = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.yml'))
  .map((entry) => relative(FOLDER, join(entry.parentPath, entry.name)));

/** Stages that a template leaves to whoever includes it. */
const STAGES: [RegExp, string[]][] = [
  [/^Security\/DAST/, ['build', 'test', 'dast']],
  [/^Jobs\/Browser-Performance/, ['build', 'performance']],
  [/^Jobs\/Deploy/, STAGES_OF_DEPLOY],
];

/** A job that is always there, as those of many templates need files or a cluster. */
function beside(name: string): string {
  const stages = STAGES.find(([pattern]) => pattern.test(name))?.[1];
  return `${stages ? `stages: ${JSON.stringify(stages)}\n` : ''}beside: {script: x, stage: build}`;
}

test.each(names)('%s is a configuration on its own, or of the job beside it', async (name) => {
  expect(name).toMatch(/\.gitlab-ci\.yml$/);
  const pipeline = await pipelineOf(`include: {template: ${name}}\n${beside(name)}`, {
    files: ['Dockerfile'],
  });
  expect([pipeline.outcome, pipeline.problems, pipeline.warnings]).toEqual(['plan', [], []]);
});

/** The rows of templates/README.md: the templates whose names are written out, and all that the row says. */
const rows = readFileSync(join(FOLDER, 'README.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const inTicks = (line.split('|')[1] ?? '').split('`').filter((_, at) => at % 2 === 1);
    const written = inTicks.filter((name) => !name.startsWith('.') && !name.endsWith('…'));
    return { written: written.map((name) => `${name}.gitlab-ci.yml`), line };
  });

test('the list of templates names those there are, and each switch that keeps their jobs out', () => {
  expect(rows.flatMap(({ written }) => written).filter((name) => !names.includes(name))).toEqual([]);
  const untold = rows
    .filter(({ line }) => !line.includes('their switches'))
    .flatMap(({ written, line }) =>
      written
        .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
        .flatMap((text) => text.match(/\$\w+_(DISABLED\w*|FREEZE)\b/g) ?? [])
        .filter((variable) => !line.includes(`\`${variable.slice(1)}\``)),
    );
  expect(untold).toEqual([]);
});

test('what two templates need, one of them says: no job and no long command stands in both', () => {
  const said = names.flatMap((name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8');
    const jobs = text.split('\n\n').filter((part) => part.trim().length > 80);
    const commands = text.split('\n').filter((line) => /^ *- (?!if:).{90}/.test(line));
    return [...new Set([...jobs, ...commands].map((part) => part.trim()))];
  });
  expect(said.filter((part, at) => said.indexOf(part) !== at)).toEqual([]);
});

test('the Node template runs a job called test, with the modules kept', async () => {
  const { names: jobs, job } = await pipelineOf('include: {template: Nodejs.gitlab-ci.yml}');
  expect([jobs, job('test').image?.name]).toEqual([['test'], 'node:lts']);
});

const jobsIn = async (name: string) => (await pipelineOf(`include: {template: ${name}}`)).names;

test('one in Pages, Verify or Security is there without its folder too, one of the same name at the top before it', async () => {
  expect(await jobsIn('Hugo.gitlab-ci.yml')).toEqual(['pages']);
  expect(await jobsIn('Load-Performance-Testing.gitlab-ci.yml')).toEqual(['load_performance']);
  expect(await jobsIn('Secret-Detection.gitlab-ci.yml')).toEqual(['secret_detection']);
  expect(await jobsIn('Code-Quality.gitlab-ci.yml')).toEqual(['code_quality']);
});

test.each([
  'README.md',
  '../package.json',
  'Workflows',
  '/etc/hosts',
  'Nodejs.gitlab-ci.yml/',
  '',
  'nodejs.gitlab-ci.yml',
  'Build.gitlab-ci.yml',
])('%j is no template that a configuration could include', async (name) => {
  const { problems } = await pipelineOf(`include: {template: "${name}"}`);
  expect(problems).toHaveLength(1);
});
