import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { compile } from '../src/ci/compile.ts';
import { lint } from '../src/ci/lint.ts';
import type { CompileInput, Plan } from '../src/ci/plan.ts';
import { variable } from '../src/ci/variable.ts';
import { CompilerThread } from '../src/pipelines/compiler-thread.ts';
import { anyText, graphText, wholeConfiguration } from './support/any-configuration.ts';

const given = (files: Record<string, string>): CompileInput => ({
  fetchFile: async (path) => files[path] ?? null,
  predefined: [variable('CI_COMMIT_BRANCH', 'main')],
  variables: [],
});

const alone = (source: string) => given({ '.gitlab-ci.yml': source });

test('any text ends in a result, with less than a second of work', async () => {
  const codes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      const before = process.threadCpuUsage();
      const { plan, problems } = await compile(alone(text));
      const { user, system } = process.threadCpuUsage(before);
      for (const { code } of problems) codes.add(code);
      expect(plan === null).toBe(problems.length > 0);
      // Of the processor, so that others on the machine do not count.
      expect(user + system).toBeLessThan(1_000_000);
    }),
    { numRuns: 4000 },
  );
  expect([...codes]).toEqual(expect.arrayContaining(['syntax', 'entry', 'extends', 'include', 'logic']));
});

test('a plan has no unknown need, no need of a later stage, and no circle', async () => {
  const plans: Plan[] = [];
  await fc.assert(
    fc.asyncProperty(fc.oneof(graphText.map(alone), wholeConfiguration.map(given)), async (input) => {
      const { plan } = await compile(input);
      if (plan) plans.push(plan);
      expect(plan ? mistakesOf(plan) : []).toEqual([]);
    }),
    { numRuns: 1500 },
  );
  expect(plans.filter((plan) => plan.jobs.some((job) => job.needs.length > 0)).length).toBeGreaterThan(50);
});

test('the merged configuration gives the plan that its source gives', async () => {
  let plans = 0;
  await fc.assert(
    fc.asyncProperty(wholeConfiguration, async (files) => {
      const { plan } = await compile(given(files));
      if (!plan) return;
      plans += 1;
      const { merged_yaml } = await lint(given(files), { dry_run: false });
      const again = await compile(alone(merged_yaml ?? ''));
      expect(again.problems).toEqual([]);
      expect(withoutPlaces(again.plan)).toEqual(withoutPlaces(plan));
    }),
    { numRuns: 400 },
  );
  expect(plans).toBeGreaterThan(300);
});

const withoutPlaces = (plan: unknown): unknown =>
  JSON.parse(JSON.stringify(plan, (key, value: unknown) => (key === 'position' ? undefined : value)));

const thread = new CompilerThread();
afterAll(() => thread.stop());

test('the thread, with its 256 MB, answers the same as the compiler without', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(anyText.map(alone), wholeConfiguration.map(given)), async (input) => {
      const result = await thread.lint(input, { dry_run: true });
      expect(result).toEqual(await lint(input, { dry_run: true }));
    }),
    { numRuns: 300 },
  );
});

function mistakesOf({ jobs }: Plan): string[] {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const mistakes: string[] = [];
  for (const job of jobs) {
    for (const need of job.needs) {
      const other = byName.get(need.name);
      if (!other && !need.optional) mistakes.push(`${job.name} needs unknown ${need.name}`);
      if (other && other.stage_idx > job.stage_idx) mistakes.push(`${job.name} needs later ${need.name}`);
    }
  }
  const done = new Set<string>();
  for (let before = -1; before !== done.size;) {
    before = done.size;
    for (const job of jobs) {
      if (job.needs.every((need) => done.has(need.name) || !byName.has(need.name))) done.add(job.name);
    }
  }
  if (done.size < jobs.length) mistakes.push('some jobs wait for each other');
  return mistakes;
}
