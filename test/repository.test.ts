/** The rules of the house that no tool knows. Each is also shown a file that breaks it, and must say so. */
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as importRules from './repository/import-rules.ts';
import { asModule, textFiles } from './repository/modules.ts';
import * as textRules from './repository/text-rules.ts';

const rules = { ...importRules, ...textRules };
type Rule = keyof typeof rules;

const exempt = (path: string) => path.startsWith('test/repository');
const files = textFiles(resolve(import.meta.dirname, '..'));
const modules = files.filter(({ path }) => !exempt(path)).map(asModule);

describe('the repository', () => {
  test('has been read: its modules, and what they import from each other', () => {
    const source = modules.filter(({ path }) => path.startsWith('src/'));
    const inner = source.flatMap(({ imports }) => imports).filter(({ target }) => target.startsWith('src/'));
    expect(source.length).toBeGreaterThan(10);
    expect(inner.length).toBeGreaterThan(source.length / 2);
    expect(modules.some(({ path }) => path.endsWith('.test.ts'))).toBe(true);
    expect(modules.map(({ path }) => path)).toEqual(expect.arrayContaining(['README.md', 'LICENSE']));
  });

  test.each(Object.keys(rules) as Rule[])('%s', (rule) => {
    expect(modules.flatMap((module) => rules[rule](module))).toEqual([]);
  });
});

/** Rule, path, text of a file that breaks it. */
const broken: [Rule, string, string][] = [
  ['importsGoOneWay', 'src/access/a.ts', `import { b } from '../jobs/b.ts';`],
  ['importsGoOneWay', 'src/access/a.ts', `import type { B } from '../jobs/b.ts';`],
  ['importsGoOneWay', 'src/access/a.ts', `import {\n  b,\n} from '../jobs/b.ts';`],
  ['importsGoOneWay', 'src/access/a.ts', `export { b } from '../jobs/b.ts';`],
  ['importsGoOneWay', 'src/access/a.ts', `const b = await import('../jobs/b.ts');`],
  ['importsGoOneWay', 'src/access/a.ts', `new Worker(new URL('../jobs/b.ts', import.meta.url));`],
  ['importsGoOneWay', 'src/traces/a.ts', `import { b } from '../artifacts/b.ts';`],
  ['importsGoOneWay', 'src/jobs/a.ts', `import { b } from '../http/b.ts';`],
  ['importsGoOneWay', 'src/api/a.ts', `import { b } from '../runner-api/b.ts';`],
  ['importsGoOneWay', 'src/api/a.ts', `import { b } from '../config.ts';`],
  ['importsGoOneWay', 'src/db/a.ts', `import '../work/b.ts';`],
  ['importsGoOneWay', 'src/server.ts', `import { b } from './main.js';`],
  ['importsGoOneWay', 'src/helpers/a.ts', ``],
  ['decidersArePure', 'src/ci/a.ts', `import { readFile } from 'node:fs/promises';`],
  ['decidersArePure', 'src/ci/a.ts', `import { b } from '../db/b.ts';`],
  ['decidersArePure', 'src/ci/a.ts', `import { randomUUID } from 'node:crypto';`],
  ['decidersArePure', 'src/jobs/job-state.ts', `import { b } from './b.ts';`],
  ['decidersArePure', 'src/pipelines/pipeline-status.ts', `import { sql } from 'kysely';`],
  ['onlyEdgesKnowFastify', 'src/jobs/a.ts', `import type { FastifyRequest } from 'fastify';`],
  ['onlyEdgesKnowFastify', 'src/jobs/a.ts', `import limit from '@fastify/rate-limit';`],
  ['programsStandAlone', 'runner/a.ts', `import { b } from '../src/errors.ts';`],
  ['programsStandAlone', 'src/jobs/a.ts', `import { b } from '../../runner/b.ts';`],
  ['programsStandAlone', 'src/jobs/a.ts', `import { b } from '../../test/support/b.ts';`],
  ['environmentIsReadInOnePlace', 'src/server.ts', `const home = process.env['HOME'];`],
  ['sqlHasItsPlaces', 'src/jobs/cancel-job.ts', `db.read.selectFrom('jobs')`],
  ['sqlHasItsPlaces', 'src/api/jobs.ts', `import { type Kysely, sql } from 'kysely';`],
  [
    'statusChangesInOnePlace',
    'src/jobs/job-store.ts',
    `tx.updateTable('jobs').set({ id, status: 'failed' })`,
  ],
  ['filesStayShort', 'runner/a.ts', 'a\n'.repeat(301)],
  ['nothingIsLeftForLater', 'src/a.ts', `// TODO: later`],
  ['typesAreNotSilenced', 'src/a.ts', `const a = b as any;`],
  ['typesAreNotSilenced', 'test/a.ts', `// @ts-ignore`],
  ['testsExpectSomething', 'src/a.test.ts', `test('a', () => {});`],
  ['journeysGoByTheirClock', 'test/journeys/a.test.ts', 'await startedPipeline(db, project, []);'],
  ['projectSpeaksOfItself', 'README.md', `Look into /work/shared/.`],
  ['projectSpeaksOfItself', 'src/a.ts', `// as issue 2 says`],
  ['mergesAreDone', 'docs/a.md', `one\n<<<<<<< HEAD\ntwo\n`],
  ['mergesAreDone', 'docs/a.md', `one\n||||||| 4a61a4b\ntwo\n`],
  ['mergesAreDone', 'LICENSE', `one\r\n=======\r\ntwo`],
  ['mergesAreDone', '.gitignore', `one\n>>>>>>> branch`],
];

/** Rule, path, text of a file that comes close and is right. */
const sound: [Rule, string, string][] = [
  ['importsGoOneWay', 'src/jobs/a.ts', `import { b } from '../access/b.ts';`],
  ['importsGoOneWay', 'src/api/a.ts', `import type { Config } from '../config.ts';`],
  ['importsGoOneWay', 'src/access/a.test.ts', `import { b } from '../jobs/b.ts';`],
  ['decidersArePure', 'src/jobs/job-state.ts', `import type { B } from './b.ts';`],
  ['decidersArePure', 'src/ci/a.ts', `import { b } from './b.ts';\nimport yaml from 'js-yaml';`],
  ['decidersArePure', 'src/ci/a.ts', `import { createHash } from 'node:crypto';`],
  ['onlyEdgesKnowFastify', 'src/artifacts/a.ts', `import busboy from '@fastify/busboy';`],
  ['environmentIsReadInOnePlace', 'src/config.ts', `process.env`],
  ['sqlHasItsPlaces', 'src/jobs/job-store.ts', `db.read.selectFrom('jobs')`],
  [
    'statusChangesInOnePlace',
    'src/jobs/a.ts',
    `tx.updateTable('jobs').set({ erased_at }).where({ status: 1 })`,
  ],
  ['filesStayShort', 'runner/a.ts', 'a\n'.repeat(300)],
  ['filesStayShort', 'src/a.test.ts', 'a\n'.repeat(301)],
  ['typesAreNotSilenced', 'src/a.ts', `/** Counts as any user. */`],
  ['projectSpeaksOfItself', 'docs/a.md', `src/work/ holds what is due later`],
  ['mergesAreDone', 'docs/a.md', `Title\n=========\n> quoted\n<<<<<<<<<<\n a <<<<<<< b\n`],
];

describe('a rule', () => {
  test('has a file that breaks it', () => {
    expect([...new Set(broken.map(([rule]) => rule))].toSorted()).toEqual(Object.keys(rules).toSorted());
  });
  test.each(broken)('%s sees what is wrong in %s: %j', (rule, path, text) => {
    expect(rules[rule](asModule({ path, text }))).toHaveLength(1);
  });
  test.each(sound)('%s has nothing against %s: %j', (rule, path, text) => {
    expect(rules[rule](asModule({ path, text }))).toEqual([]);
  });
});
