import { expect, test } from 'vitest';
import { compile } from '../src/ci/compile.ts';
import { compileExplained } from '../src/ci/explain.ts';
import type { Explanation } from '../src/ci/explanation.ts';
import { lint } from '../src/ci/lint.ts';
import type { CompileInput, CompileResult, PlannedJob } from '../src/ci/plan.ts';
import type { Problem } from '../src/ci/problem.ts';
import type { Answer, Question } from '../src/ci/repository-view.ts';
import { variable, type Variable } from '../src/ci/variable.ts';
import { caseNames, readCase, type Input, type Outcome, type Paths } from './support/ci-case.ts';
import { caseSources, filesOfCommit } from './support/case-sources.ts';
import { predefinedOf } from './support/predefined-of.ts';

/**
 * A case is a folder: a repository with its `.gitlab-ci.yml`, what the pipeline is created with where it matters
 * (`input.json`), and what has to come out (`expected.json`), written by hand from what GitLab does; for many a second
 * time by somebody who had not seen the first (`derived.json`). There is no switch that writes either anew. Files that
 * lie elsewhere are in `@projects/PATH@REF/`, where the default branch is `@HEAD`, and in `@remote/`, by their address
 * without `https://`; templates are those of the server.
 */

/** `extends` stays in the merged configuration, as with GitLab: what has replaced a reference is extended there. */
const EXTENDED_AGAIN = new Set(['reference-after-extends']);

test('there are cases to run', () => {
  expect(caseNames.length).toBeGreaterThan(400);
});

test('what comes out of a third of them is derived twice', () => {
  const twice = caseNames.filter((name) => readCase(name).derived !== null);
  expect(twice.length).toBeGreaterThanOrEqual(caseNames.length / 3);
});

test.each(caseNames)('%s', async (name) => {
  const { files, input: said, expected, derived } = readCase(name);
  const input = { file: '.gitlab-ci.yml', ...said };
  const given = (file: string | null): CompileInput => ({
    file: input.file,
    fetchFile: async (path) => (path === input.file ? file : null) ?? files.get(path) ?? null,
    ask: caseSources(files),
    predefined: predefinedOf(input),
    variables: Object.entries(input.variables ?? {}).map(([key, value]) =>
      variable(key, value, { masked: input.masked?.includes(key) ?? false }),
    ),
    stored: input.stored?.map(({ environment_scope = '*', ...each }) => ({
      ...variable(each.key, each.value),
      environment_scope,
    })),
    inputs: input.inputs,
    limits: input.limits,
    lookUp: answerOnce(input, [...files.keys()]),
  });
  const { result, explanation } = await compileExplained(given(null));
  expect(unexplained(explanation, result, input), 'unexplained').toEqual([]);
  const { proves: _, lint_warnings = [], ...outcome } = expected;
  expect(summary(result, outcome)).toEqual({ outcome: 'plan', warnings: [], ...outcome });
  expect(derived === null ? [] : differences(derived, summary(result, derived)), 'derived').toEqual([]);
  const { merged_yaml, warnings } = await lint(given(null), { dry_run: false });
  const more = warnings.slice(0, warnings.length - result.warnings.length);
  expect(more.map(withPlace), 'what lint warns of').toEqual(lint_warnings);
  if (result.plan === null || EXTENDED_AGAIN.has(name)) return;
  // The same pipeline comes of the one file that lint shows.
  const again = await compile({ ...given(merged_yaml), inputs: undefined });
  expect(withoutPlaces(again.plan)).toEqual(withoutPlaces(result.plan));
});

/** Whatever comes out is explained: every job, those that are in by what let them in, and no masked value is told. */
function unexplained(explanation: Explanation, { plan, problems }: CompileResult, input: Input): unknown[] {
  const inside = explanation.jobs.filter(({ included }) => included);
  const told = JSON.stringify([explanation.workflow, explanation.includes, explanation.jobs]);
  // Of a pipeline that is refused some may not have been asked.
  const jobs = plan?.jobs.map((job) => `${job.name}: ${job.when}`).join();
  return [
    ...(plan && inside.map((job) => `${job.name}: ${job.when}`).join() !== jobs ? [inside, jobs] : []),
    ...(plan ? explanation.jobs.filter(({ reason }) => reason === 'not_asked') : []),
    ...inside.filter((job) => (job.decided_by === null) !== (job.reason === 'no_rules')),
    ...(explanation.errors.map(({ message }) => message).join() ===
    problems.map(({ message }) => message).join()
      ? []
      : [explanation.errors]),
    ...(input.masked ?? []).filter((name) => told.includes(input.variables?.[name] ?? '\0')),
  ];
}

const withoutPlaces = (plan: unknown): unknown =>
  JSON.parse(JSON.stringify(plan, (key, value: unknown) => (key === 'position' ? undefined : value)));

/** Answers from what the case says, and nothing twice: nobody may ask again. */
function answerOnce({ changes = {}, elsewhere = {}, files = [], commits = {} }: Input, own: string[]) {
  const asked = new Set<string>();
  return async (question: Question): Promise<Answer> => {
    const key = JSON.stringify(question);
    expect(asked, 'what has been asked already').not.toContain(key);
    asked.add(key);
    if (question.kind === 'changed_paths') {
      const found = changes[question.compare_to ?? ''];
      if (found) return { paths: textOf(found) };
      return question.compare_to === null ? { paths: null } : { unknown: 'ref' };
    }
    if (question.kind === 'last_commit') return { commit: commits[question.path] ?? null };
    const { project, ref, recursive } = question;
    if (project === null && files === null) return { paths: null };
    const all =
      project === null
        ? [...own, ...written(files ?? [])]
        : (elsewhere[ref ? `${project}@${ref}` : project] ?? filesOfCommit(own, project, ref));
    if (all) return { paths: textOf(written(all).filter((path) => recursive || !path.includes('/'))) };
    return {
      unknown: Object.keys(elsewhere).some((one) => one.split('@')[0] === project) ? 'ref' : 'project',
    };
  };
}

const withPlace = ({ message, file, line, column }: Problem) => `[${file}:${line}:${column}] ${message}`;

const written = (paths: Paths): string[] =>
  typeof paths === 'number' ? Array.from({ length: paths }, (_, at) => `src/${at + 1}.c`) : paths;

const textOf = (paths: Paths) =>
  written(paths)
    .map((path) => `${path}\0`)
    .join('');

/** Of the result, what the expectation speaks of. */
function summary(result: CompileResult, expected: Outcome): Outcome {
  const found: Outcome = { outcome: result.outcome, warnings: result.warnings.map((each) => each.message) };
  if (result.outcome !== 'plan' || expected.problems) {
    found.problems = result.problems.map((each, index) =>
      expected.problems?.[index]?.startsWith('[') ? withPlace(each) : each.message,
    );
  }
  if (result.plan === null) return found;
  const { plan } = result;
  if (expected.name !== undefined) found.name = plan.name;
  if (expected.stages) found.stages = plan.stages;
  if (expected.variables) found.variables = asRecord(plan.variables);
  if (expected.auto_cancel) found.auto_cancel = plan.auto_cancel;
  found.jobs = Object.fromEntries(
    plan.jobs.map((job) => [job.name, fields(job, expected.jobs?.[job.name] ?? {})]),
  );
  expect(Object.keys(expected.jobs ?? {}), 'the jobs in their order').toEqual(
    plan.jobs.map((job) => job.name),
  );
  return found;
}

function fields(job: PlannedJob, wanted: Record<string, unknown>): Record<string, unknown> {
  const script = (step: string) => job.steps.find((each) => each.name === step)?.script ?? null;
  const all: Record<string, unknown> = {
    ...job,
    script: script('script'),
    after_script: script('after_script'),
    variables: asRecord(job.variables),
    raw: job.variables.filter((each) => each.raw).map((each) => each.key),
    at: `${job.position.file}:${job.position.line}:${job.position.column}`,
  };
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, all[key] ?? null]));
}

function asRecord(variables: Variable[]): Record<string, string> {
  return Object.fromEntries(variables.map(({ key, value }) => [key, value]));
}

/** Where `found` is not what `derived` speaks of, as paths. */
function differences(derived: unknown, found: unknown, path = ''): string[] {
  const differs = [`${path}: ${JSON.stringify(found)}`];
  if (typeof derived === 'string' && derived.endsWith('...'))
    return String(found).startsWith(derived.slice(0, -3)) ? [] : differs;
  if (typeof derived !== 'object' || derived === null) return Object.is(derived, found) ? [] : differs;
  if (typeof found !== 'object' || found === null || Array.isArray(derived) !== Array.isArray(found))
    return differs;
  const wanted = Object.entries(derived);
  const whole = Array.isArray(derived) || wanted.length === 0 || path.endsWith('variables');
  if (whole && wanted.length !== Object.keys(found).length) return differs;
  return wanted.flatMap(([key, value]) =>
    differences(value, (found as Record<string, unknown>)[key], path === '' ? key : `${path}:${key}`),
  );
}
