import type { Patch } from '../patch.ts';

const offline = ['test/journeys/lint-locally.test.ts'];
const online = ['test/journeys/lint-with-a-server.test.ts'];

/** `jobyard lint`. */
export const patches: Patch[] = [
  {
    name: 'a job that names what is not there is told of it at its own name',
    file: 'src/ci/logic.ts',
    find: 'const place = about ? namedPlace(job.written, ...about) : null;',
    replace:
      'const place = null as { file: string; line: number; column: number } | null;\n  void [about, namedPlace];',
    tests: ['src/ci/named-place.test.ts'],
  },
  {
    name: 'what `<<` has brought is told of as written twice',
    file: 'src/ci/compose.ts',
    find: '!parent.merged?.delete(scalar.text)',
    replace: 'true',
    tests: ['test/ci-cases.test.ts'],
  },
  {
    name: 'a pipeline is told of keys that are written twice',
    file: 'src/ci/compile.ts',
    find: 'warnings = [...unread, ...normalised.warnings];',
    replace: 'warnings = [...repeated, ...unread, ...normalised.warnings];',
    tests: ['test/ci-cases.test.ts'],
  },
  {
    name: 'nothing is warned of beside mistakes in keywords',
    file: 'src/ci/normalise.ts',
    find: 'return { config: null, problems, warnings };',
    replace: 'return { config: null, problems, warnings: [] };',
    tests: ['test/ci-cases.test.ts'],
  },
  {
    name: 'lint looks at commits that nothing leads to',
    file: 'src/api/lint.ts',
    find: '!(await isInHistory(repository, sha))',
    replace: 'sha === ""',
    tests: ['test/journeys/lint.test.ts'],
  },
  {
    name: 'what is looked at includes itself in place of the file of the project',
    file: 'src/pipelines/trial-input.ts',
    find: 'if (isRoot && content !== undefined)',
    replace: 'if ((isRoot || path === file) && content !== undefined)',
    tests: ['test/journeys/lint.test.ts'],
  },
  {
    name: 'what may stand in an include that was not read is an error',
    file: 'src/local/lint-report.ts',
    find: 'unread > 0 && (UNCERTAIN',
    replace: 'unread > 99 && (UNCERTAIN',
    tests: offline,
  },
  {
    name: 'every mistake is a doubt where an include was not read',
    file: 'src/local/lint-report.ts',
    find: '(UNCERTAIN.has(code) || WITHOUT_A_BASE.test(message))',
    replace: '(code !== undefined || message !== undefined)',
    tests: offline,
  },
  {
    name: 'lint ends with 0 whatever it finds',
    file: 'src/local/lint.ts',
    find: 'report.valid ? VALID : INVALID',
    replace: 'VALID',
    tests: offline,
  },
  {
    name: 'lint reads files outside of the work tree',
    file: 'src/local/tree-files.ts',
    find: "way.startsWith('..') || isAbsolute(way) ? null : await readFile",
    replace: "way === '' || isAbsolute(way) ? null : await readFile",
    tests: offline,
  },
  {
    name: 'lint includes files that git ignores',
    file: 'src/local/tree-files.ts',
    find: '    if (!(await this.#list()).has(path)) return null;\n',
    replace: '',
    tests: offline,
  },
  {
    name: 'the caret stands one beside',
    file: 'src/local/problem-text.ts',
    find: 'shown.slice(0, column - 1 - from)',
    replace: 'shown.slice(0, column - from)',
    tests: offline,
  },
  {
    name: 'lint colours what is no terminal',
    file: 'src/local/lint.ts',
    find: "Boolean(process.stdout.isTTY) && !environment['NO_COLOR']",
    replace: "!environment['NO_COLOR']",
    tests: offline,
  },
  {
    name: 'new files are no change of a push',
    file: 'src/local/tree-files.ts',
    find: 'new Set([...lines(changed), ...lines(added)])',
    replace: 'new Set([...lines(changed), ...lines(added).slice(added.length)])',
    tests: offline,
  },
  {
    name: 'a token is sent wherever a server leads',
    file: 'src/local/api-client.ts',
    find: "redirect: 'error'",
    replace: "redirect: 'follow'",
    tests: online,
  },
  {
    name: 'lint fetches from private addresses',
    file: 'src/local/lint.ts',
    find: 'flags.local_requests ? PRIVATE : []',
    replace: 'PRIVATE',
    tests: online,
  },
  {
    name: 'a job must run something though what it extends was not read',
    file: 'src/ci/extends.ts',
    find: 'whole &&= parent.whole;',
    replace: 'whole ||= parent.whole;',
    tests: offline,
  },
];
