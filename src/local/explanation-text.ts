import type { Clause, Decision, Explanation, FoundPaths, ReadVariable } from '../ci/explanation.ts';
import type { Printer } from './printer.ts';

/** For the workflow, each include with rules and each job: whether it is in, and why. */
export function explanationText({ workflow, includes, jobs, abridged }: Explanation, print: Printer): string {
  const width = Math.max(0, ...jobs.map(({ name }) => name.length));
  return [
    ...(workflow.reason === 'no_rules' ? [] : lines('workflow', workflow, print)),
    ...includes.flatMap((include) => lines(`include ${include.location}`, include, print)),
    ...jobs.flatMap((job) => {
      const when = job.when === null || job.when === 'on_success' ? '' : `, ${job.when}`;
      const needs =
        job.dropped_needs.length > 0 ? [`     without its need of ${job.dropped_needs.join(', ')}`] : [];
      return [...lines(job.name.padEnd(width), job, print, when), ...needs.map((line) => print.text(line))];
    }),
    ...(abridged ? ['More was asked than is told here.'] : []),
    '',
  ].join('\n');
}

function lines(name: string, decision: Decision, print: Printer, more = ''): string[] {
  const { included, message, decided_by, passed_over } = decision;
  const mark = included ? print.text('in ', 'green') : print.text('out', 'red');
  return [
    `${mark}  ${print.text(name, 'bold')}  ${print.text(message + more)}`,
    ...passed_over.flatMap((clause) => clauseLines(clause, print)),
    ...(decided_by ? clauseLines(decided_by, print) : []),
  ];
}

function clauseLines(clause: Clause, print: Printer): string[] {
  const { file, line, column, keyword, number, key, holds, failed } = clause;
  const name = keyword === 'rules' ? `rule ${number}` : `${keyword}:${key}`;
  const verdict = holds ? 'holds' : `does not hold${failed ? ` (${failed})` : ''}`;
  const place = print.text(`${file}:${line}:${column}`, 'gray');
  return [
    `     ${place}  ${name} ${verdict}`,
    ...(clause.expression === null ? [] : [print.text(`         ${clause.expression}`)]),
    ...clause.variables.map((each) => print.text(`           ${variableText(each)}`)),
    ...pathLines('changes', clause.changes).map((each) => print.text(each)),
    ...pathLines('exists', clause.exists).map((each) => print.text(each)),
  ];
}

function variableText({ key, value, defined }: ReadVariable): string {
  if (!defined) return `${key} is not defined`;
  return `${key} = ${value === null ? '(not shown)' : JSON.stringify(value)}`;
}

function pathLines(keyword: string, found: FoundPaths | null): string[] {
  if (found === null) return [];
  const { paths, assumed } = found;
  if (assumed === 'unknown') return [`           ${keyword}: it is not known, so it may`];
  if (assumed === 'too_many')
    return [`           ${keyword}: there are too many paths to look at, so it may`];
  return [`           ${keyword}: ${paths.length > 0 ? paths.join(', ') : 'nothing matches'}`];
}
