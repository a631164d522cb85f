import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { compile } from '../ci/compile.ts';
import type { Question } from '../ci/repository-view.ts';
import type { Ask, RemoteAnswer, Sources } from '../ci/sources.ts';
import { CompilerThread } from './compiler-thread.ts';
import { unpackText } from './pack-text.ts';
import { draftResult } from './pipeline-draft.ts';

const thread = new CompilerThread();
afterAll(() => thread.close());

const inputOf = (files: Record<string, string>) => ({
  predefined: [],
  variables: [],
  kept_of: ['plan', 'invalid'] as const,
  fetchFile: async (path: string) => files[path] ?? null,
});

test('a configuration compiles in the thread as it does without, its includes fetched from outside', async () => {
  const input = inputOf({
    '.gitlab-ci.yml': 'include: [a.yml, b.yml, a.yml]\njob: { extends: .a, variables: { B: b } }',
    'a.yml': '.a: { script: [one, two] }',
    'b.yml': 'other: { script: three }',
  });
  const { kept, ...result } = await thread.compile(input);
  expect(result.outcome).toBe('plan');
  expect(result).toEqual(draftResult(await compile(input), input));
  expect(JSON.parse((await unpackText(kept?.explanation.data ?? '')).toString())).toMatchObject({
    jobs: [{ name: 'other' }, { name: 'job' }],
  });
});

test('the configuration in one is drafted up to a bound, whatever it is made of', async () => {
  const text = '---\nunit:\n  script: ä\n';
  for (const [source, most, reason] of [
    ['unit: { script: ä }', Buffer.byteLength(text), null],
    ['unit: { script: ä }', Buffer.byteLength(text) - 1, 'too_large'],
    [`unit: { script: ${'x'.repeat(1_500_000)} }`, 1000, 'too_large'],
    ['unit: [', Infinity, 'unreadable'],
  ] as const) {
    const bounded = new CompilerThread({ merged_yaml_size: most });
    const { kept } = await bounded.compile(inputOf({ '.gitlab-ci.yml': source }));
    const { merged_yaml, ...draft } = kept!.configuration;
    expect(draft.reason).toBe(reason);
    expect(merged_yaml && (await unpackText(merged_yaml)).toString()).toBe(reason ? null : text);
    await bounded.close();
  }
});

test('what rules ask is answered from outside', async () => {
  const input = {
    ...inputOf({
      '.gitlab-ci.yml':
        'a: { script: x, rules: [{ changes: [a], exists: [b] }] }\nb: { script: x, rules: [{ changes: [b] }] }',
    }),
    lookUp: async ({ kind }: Question) => ({ paths: kind === 'files' ? 'b\0' : 'a\0' }),
  };
  const { plan } = await thread.compile(input);
  expect(plan?.jobs.map((job) => job.columns.name)).toEqual(['a']);
});

test('several at once are compiled one after another, and each gets its own answer', async () => {
  const names = ['one', 'two', 'three', 'four'];
  const results = await Promise.all(
    names.map((name) => thread.compile(inputOf({ '.gitlab-ci.yml': `${name}: { script: echo }` }))),
  );
  expect(results.map(({ plan }) => plan?.jobs.map(({ columns }) => columns.name))).toEqual(
    names.map((name) => [name]),
  );
});

test('a configuration of two megabytes does not hold up the event loop', async () => {
  const jobs = Array.from({ length: 20_000 }, (_, index) => `job${index}: { script: echo ${index} }`).join(
    '\n',
  );
  const compiled = thread.compile(inputOf({ '.gitlab-ci.yml': jobs }));
  let turns = 0;
  const counting = setInterval(() => (turns += 1), 1);
  await compiled;
  clearInterval(counting);
  expect((await compiled).outcome).toBeTypeOf('string');
  // Compiled here, it would leave no turn in between.
  expect(turns).toBeGreaterThan(20);
});

test('a pipeline that would be too large to be stored is a mistake, of which the thread does not die', async () => {
  const source = [`default: {image: ${'x'.repeat(1_500_000)}}`];
  for (let job = 0; job < 1000; job++) source.push(`j${job}: {script: x}`);
  const { outcome, problems } = await thread.compile(inputOf({ '.gitlab-ci.yml': source.join('\n') }));
  expect([outcome, problems]).toEqual([
    'invalid',
    [expect.objectContaining({ code: 'logic', message: 'The parsed YAML is too big', path: 'jobs:j66' })],
  ]);
});

test('a file that fails to come when its time is over is nothing to whoever compiles next', async () => {
  const hasty = new CompilerThread({ deadline: 5000 });
  let failLate: (() => void) | undefined;
  const late = {
    ...inputOf({}),
    fetchFile: () =>
      new Promise<string | null>((_, reject) => (failLate = () => reject(new Error('too late')))),
  };
  expect((await hasty.compile(late)).problems).toMatchObject([
    { message: expect.stringContaining('timed out') as string },
  ]);
  const next = hasty.compile(inputOf({ '.gitlab-ci.yml': 'job: { script: echo }' }));
  await sleep(0);
  failLate?.();
  expect((await next).outcome).toBe('plan');
  await hasty.close();
});

test('a file that cannot be fetched fails its own compilation only', async () => {
  const broken = {
    ...inputOf({}),
    fetchFile: async () => Promise.reject(new Error('the repository is gone')),
  };
  await expect(thread.compile(broken)).rejects.toThrow('the repository is gone');
  expect((await thread.compile(inputOf({ '.gitlab-ci.yml': 'job: { script: echo }' }))).outcome).toBe('plan');
});

test('a server that stops does not wait for what is being compiled', async () => {
  const stopped = new CompilerThread();
  const endless = { ...inputOf({}), fetchFile: () => new Promise<string | null>(() => {}) };
  const compiling = stopped.compile(endless);
  const waiting = stopped.compile(inputOf({ '.gitlab-ci.yml': 'job: { script: echo }' }));
  const refusals = Promise.allSettled([compiling, waiting]);
  // The first has begun by then.
  await sleep(0);
  stopped.stop();
  for (const refusal of await refusals)
    expect(refusal).toMatchObject({ status: 'rejected', reason: { status: 503 } });
  await stopped.close();
});

describe('a file from afar', () => {
  const REMOTE = 'include: https://example.test/a.yml';

  test('is asked for once, and the others that are named with it', async () => {
    const questions: unknown[] = [];
    const ask = (async (kind: string, question: Sources['remote']['question']) => {
      questions.push([kind, question.files.map(({ url }) => url)]);
      return question.files.map(({ url }) => ({ text: `${url.at(-5)}: { script: x }`, sha256: '' }));
    }) as Ask;
    const two = 'include: [https://example.test/a.yml, https://example.test/b.yml]';
    const { plan } = await thread.compile({ ...inputOf({ '.gitlab-ci.yml': two }), ask });
    expect(plan?.jobs.map(({ columns }) => columns.name)).toEqual(['a', 'b']);
    expect(questions).toEqual([['remote', ['https://example.test/a.yml', 'https://example.test/b.yml']]]);
  });

  test('holds up nobody else while it is waited for', async () => {
    const { promise, resolve } = Promise.withResolvers<RemoteAnswer[]>();
    const waiting = thread.compile({
      ...inputOf({ '.gitlab-ci.yml': REMOTE }),
      ask: (async () => await promise) as Ask,
    });
    const other = await thread.compile(inputOf({ '.gitlab-ci.yml': 'job: { script: echo }' }));
    expect(other.outcome).toBe('plan');
    resolve([{ text: 'late: { script: echo }', sha256: '' }]);
    expect((await waiting).plan?.jobs.map(({ columns }) => columns.name)).toEqual(['late']);
  });

  test('that does not come within the time of its configuration ends it', async () => {
    const hasty = new CompilerThread({ deadline: 5000 });
    const late = { ...inputOf({ '.gitlab-ci.yml': REMOTE }), ask: (() => new Promise(() => {})) as Ask };
    expect((await hasty.compile(late)).problems).toMatchObject([
      { message: 'Request timed out when fetching configuration files.' },
    ]);
    await hasty.close();
  });

  test('is not waited for by a server that stops', async () => {
    const stopped = new CompilerThread();
    const asked = Promise.withResolvers<void>();
    const compiling = stopped.compile({
      ...inputOf({ '.gitlab-ci.yml': REMOTE }),
      ask: (() => {
        asked.resolve();
        return new Promise(() => {});
      }) as Ask,
    });
    const refused = Promise.allSettled([compiling]);
    await asked.promise;
    stopped.stop();
    expect(await refused).toMatchObject([{ status: 'rejected', reason: { status: 503 } }]);
    await stopped.close();
  });
});
