import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { caseNames, readCase } from './support/ci-case.ts';

const ROOT = join(import.meta.dirname, '..');
const [LANGUAGE = '', MESSAGES = ''] = readFileSync(join(ROOT, 'docs/ci-language.md'), 'utf8').split(
  '\n## Messages\n',
);

interface Statement {
  id: string;
  /** The title of a test that shows it, where no case can. */
  title?: string;
}

const STATEMENT =
  /^- \*\*(?<id>[a-z]+-\d+)\*\* .+ — _(?:as GitLab|differs: [^;]+)(?:; test “(?<title>.+)”)?_$/;

const itemsOf = (text: string) => text.split('\n').filter((line) => line.startsWith('- '));

/** Every item of the first part, each of which has to be a statement. */
const statements = itemsOf(LANGUAGE).map((line): Statement => {
  const found = STATEMENT.exec(line)?.groups;
  if (!found?.['id']) throw new Error(`no statement: ${line}`);
  return { id: found['id'], title: found['title'] };
});

const cases = caseNames.map((name) => ({ name, ...readCase(name) }));

describe('docs/ci-language.md', () => {
  const ids = statements.map(({ id }) => id);

  test('numbers its statements, none twice', () => {
    expect(statements.length).toBeGreaterThan(300);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  test('says nothing that no case or test shows', () => {
    const shown = new Set(cases.flatMap(({ expected }) => expected.proves ?? []));
    const unshown = statements.filter(({ id, title }) => !shown.has(id) && title === undefined);
    expect(
      unshown.map(({ id }) => id),
      'statements without a case',
    ).toEqual([]);
  });

  test('names tests that are there', () => {
    const tests = ['runner', 'src', 'test'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.test.ts'))
        .map((path) => readFileSync(join(ROOT, folder, path), 'utf8')),
    );
    const gone = statements.filter(
      ({ title }) => title && !tests.some((text) => text.includes(`'${title}'`)),
    );
    expect(gone).toEqual([]);
  });

  test('has every statement that a case names, and every case names one', () => {
    const known = new Set(ids);
    const astray = cases.flatMap(({ name, expected: { proves = [] } }) =>
      proves.length === 0 ? [name] : proves.filter((id) => !known.has(id)).map((id) => `${name}: ${id}`),
    );
    expect(astray).toEqual([]);
  });
});

describe('the messages of docs/ci-language.md', () => {
  const said = cases.flatMap(({ expected: { problems = [], warnings = [] } }) =>
    // What is told of several inputs is one message.
    [...problems, ...warnings].flatMap((message) => {
      const text = message.replace(/^\[[^\]]+:\d+:\d+\] /, '');
      return [text, ...text.split(/, (?=`)/)];
    }),
  );

  const messages = itemsOf(MESSAGES).map((line) => {
    const found =
      /^- (?:`` ?(.+?) ?``|`([^`]+)`)(?: — _(?:`(?<file>[^`]+)`|(?<never>never said: .+))_)?$/.exec(line);
    const text = found?.[1] ?? found?.[2];
    if (text === undefined) throw new Error(`no message: ${line}`);
    return { text, file: found?.groups?.['file'], never: found?.groups?.['never'] };
  });

  test('are all said, in a case or in the test that is named', () => {
    expect(messages.length).toBeGreaterThan(130);
    const unsaid = messages.filter(({ text, file, never }) => {
      if (never !== undefined) return false;
      if (file !== undefined) return !readFileSync(join(ROOT, file), 'utf8').includes(text);
      const pattern = patternOf(text);
      return !said.some((message) => pattern.test(message));
    });
    expect(
      unsaid.map(({ text }) => text),
      'messages that no case gets',
    ).toEqual([]);
  });
});

/** In capitals is what a message names. */
function patternOf(message: string): RegExp {
  const parts = message.split(/\b(NAME|FILE|X|N)\b/).map((part, at) => {
    if (at % 2 === 0) return RegExp.escape(part);
    return part === 'N' ? '\\d+' : '.+';
  });
  return new RegExp(`^${parts.join('')}$`, 'su');
}
