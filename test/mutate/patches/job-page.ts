import type { Patch } from '../patch.ts';

const BYTES = ['web/src/pages/job/log/log-bytes.test.ts'];
const ROWS = ['web/src/pages/job/log/rows.test.ts'];
const RUNS = ['web/src/pages/job/log/line-runs.test.ts'];
const SEARCH = ['web/src/pages/job/log/search-core.test.ts'];
const COMPARE = 'web/src/pages/job/compare';
const FILES = ['test/journeys/artifact-files.test.ts'];

/** The page of a job: its log as bytes, lines and colours, and files that are shown in a frame. */
export const patches: Patch[] = [
  {
    name: 'red and blue of the 256 colours change places',
    file: 'web/src/pages/job/log/look.ts',
    find: 'STEPS[Math.floor(at / 36)] ?? 0, STEPS[Math.floor(at / 6) % 6] ?? 0, STEPS[at % 6] ?? 0',
    replace: 'STEPS[at % 6] ?? 0, STEPS[Math.floor(at / 6) % 6] ?? 0, STEPS[Math.floor(at / 36)] ?? 0',
    tests: ['web/src/pages/job/log/look.test.ts'],
  },
  {
    name: 'a page out of an archive has the origin of the server',
    file: 'src/http/framed-file.ts',
    find: "'sandbox allow-scripts',",
    replace: "'sandbox allow-scripts allow-same-origin',",
    tests: [...FILES, 'test/journeys/artifact-pages.test.ts'],
  },
  {
    name: 'any file of an archive runs where a page was asked for',
    file: 'src/api/artifacts.ts',
    find: 'params.as_page && isHtml(name)',
    replace: 'params.as_page',
    tests: FILES,
  },
  {
    name: 'a line is looked for in the block behind its own',
    file: 'web/src/pages/job/log/line-map.ts',
    find: '(before[middle] ?? 0) < line - 1',
    replace: '(before[middle] ?? 0) < line',
    tests: BYTES,
  },
  {
    name: 'a line that goes on in the next block ends with its own',
    file: 'web/src/pages/job/log/log-bytes.ts',
    find: 'if (end !== null || start.block >= this.blocks - 1 ||',
    replace: 'if (end !== null || start.block >= 0 ||',
    tests: BYTES,
  },
  {
    name: 'colours end with a block',
    file: 'web/src/pages/job/log/log-bytes.ts',
    find: 'this.#styles.get(index - 1) ?? PLAIN',
    replace: 'PLAIN',
    tests: BYTES,
  },
  {
    name: 'a piece of a live log that fills a block is not counted',
    file: 'web/src/pages/job/log/log-bytes.ts',
    find: 'if (this.#size % BLOCK === 0) this.#before.push(this.#feeds);',
    replace: '',
    tests: BYTES,
  },
  {
    name: 'a folded section hides one row too many of those behind it',
    file: 'web/src/pages/job/log/rows.ts',
    find: 'sum += to - from + 1;',
    replace: 'sum += to - from;',
    tests: ROWS,
  },
  {
    name: 'what a progress bar has overwritten is shown',
    file: 'web/src/pages/job/log/line-runs.ts',
    find: "if (whole === '\\r') this.#column = 0;",
    replace: "if (whole === '\\r') this.#column += 0;",
    tests: RUNS,
  },
  {
    name: 'ESC[m resets nothing',
    file: 'web/src/pages/job/log/sgr.ts',
    find: 'if (code === 0) return PLAIN;',
    replace: 'if (code === 0) return style;',
    tests: RUNS,
  },
  {
    name: 'a line that comes in two pieces is searched as two',
    file: 'web/src/pages/job/log/search-core.ts',
    find: 'this.#rest = concat(this.#rest, bytes);',
    replace: 'this.#rest = concat(bytes, new Uint8Array(0));',
    tests: SEARCH,
  },
  {
    name: 'the times in two logs make all of their lines differ',
    file: `${COMPARE}/comparable.ts`,
    find: "text.replace(VARIES, '~')",
    replace: 'text',
    tests: [`${COMPARE}/comparable.test.ts`],
  },
  {
    name: 'lines that were taken out at the end of a log are not shown',
    file: `${COMPARE}/segments.ts`,
    find: '  add(at, leftLines - at, to, rightLines - to, 0);\n  return',
    replace: '  return',
    tests: [`${COMPARE}/diff-rows.test.ts`],
  },
  {
    name: 'lines that both logs have many times are compared without a bound',
    file: `${COMPARE}/align.ts`,
    find: '{ maxEditLength: most }',
    replace: '{}',
    tests: [`${COMPARE}/align.test.ts`],
  },
  {
    name: 'a line that is cut where the compared part of a log begins is taken for one',
    file: `${COMPARE}/read-lines.ts`,
    find: 'this.#isCut ? lines.slice(1) : lines',
    replace: 'lines',
    tests: [`${COMPARE}/read-lines.test.ts`],
  },
  {
    name: 'the first attempt is compared with one that is not there',
    file: 'web/src/pages/job/compare/sides.ts',
    find: 'at === 0 ? ids : ids.slice(at - 1)',
    replace: 'ids.slice(at - 1)',
    tests: ['web/src/pages/job/compare/sides.test.ts'],
  },
  {
    name: 'all that a search finds in sight is pointed out at once',
    file: 'web/src/pages/job/log/line-marks.ts',
    find: 'if (count > 0 && count + findings > AT_A_TIME) break;\n',
    replace: '\n',
    tests: ['web/src/pages/job/log/line-marks.test.ts'],
  },
];
