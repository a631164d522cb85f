import type { Position } from '../ci/problem.ts';
import type { FoundProblem, LintReport } from './lint-report.ts';
import type { Printer } from './printer.ts';

/** Characters of a line that are shown, and of those that come before the place. */
const SHOWN = 120;
const BEFORE = 80;

/** `FILE:LINE:COLUMN: error: MESSAGE`, and below it the line with a caret under the place. `texts`: by the names of files. */
export function problemText(
  problem: FoundProblem,
  texts: ReadonlyMap<string, string>,
  print: Printer,
): string {
  const { file, line, column, severity, message } = problem;
  const place = file === '' ? '' : `${print.text(`${file}:${line}:${column}:`, 'bold')} `;
  const word = print.text(`${severity}:`, severity === 'error' ? 'red' : 'yellow');
  return [`${place}${word} ${print.text(message)}`, ...sourceLines(problem, texts, print)].join('\n');
}

function sourceLines(
  { file, line, column }: Position,
  texts: ReadonlyMap<string, string>,
  print: Printer,
): string[] {
  const text = texts.get(file)?.split('\n')[line - 1]?.replace(/\r$/, '');
  if (text === undefined) return [];
  const from = text.length > SHOWN ? Math.max(0, column - 1 - BEFORE) : 0;
  const shown = oneWide(text.slice(from, from + SHOWN));
  // A tab is as wide above the caret as it is here.
  const pad = shown.slice(0, column - 1 - from).replace(/[^\t]/g, ' ');
  const number = String(line);
  const bar = (before: string) => print.text(`${before} |`, 'gray');
  return [
    `  ${bar(number)} ${shown}`,
    `  ${bar(' '.repeat(number.length))} ${pad}${print.text('^', 'green')}`,
  ];
}

/** A sign for each character that has no width or would move the cursor, so that the caret stands right. */
const oneWide = (text: string) => text.replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f]/g, '\uFFFD');

/** The last line of the report. */
export function summaryLine(
  { valid, errors, jobs, unread, warnings }: LintReport,
  file: string,
  print: Printer,
): string {
  const name = print.text(file, 'bold');
  if (!valid) return `${name} is ${print.text('invalid', 'red')}: ${count(errors.length, 'error')}`;
  if (unread > 0) return `${name}: no mistake was found, but ${count(unread, 'include')} could not be read`;
  const doubtful = warnings.length > 0 ? `, ${count(warnings.length, 'warning')}` : '';
  return `${name} is ${print.text('valid', 'green')}: ${count(jobs.length, 'job')}${doubtful}`;
}

const count = (many: number, word: string) => `${many} ${word}${many === 1 ? '' : 's'}`;
