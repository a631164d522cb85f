import { durationText } from '../../../ui/time.tsx';
import { failureWords } from '../failure-words.ts';
import { sizeText } from '../log/size-text.ts';
import type { Attempt, Job, Variable } from '../queries.ts';

/** All that is known of one side. */
export interface Side {
  attempt: Attempt;
  /** Undefined: it is still being fetched. */
  job: Job | undefined;
  /** Null: they are not for this person. */
  variables: readonly Variable[] | null;
}

/** Lines, each of parts: what others have named is a part of its own, and turns nothing but itself. None: nothing is known. */
export type Value = readonly (readonly string[])[];

/** What is said of both sides, in words. */
export interface Fact {
  name: string;
  left: Value;
  right: Value;
  /** How much more the right one has. */
  more: string;
  /** Values that are code are shown as such. */
  isCode?: true;
}

/** What two attempts can be told apart by; what neither has is left out. */
export function factsOf(left: Side, right: Side): Fact[] {
  const both = (name: string, of: (side: Side) => Value, more = '', isCode?: true): Fact => ({
    name,
    left: of(left),
    right: of(right),
    more,
    ...(isCode && { isCode }),
  });
  const facts = [
    both('Failure', ({ attempt }) => failureOf(attempt)),
    both('Exit code', ({ attempt }) => words(String(attempt.exit_code ?? ''))),
    both('Runner', ({ attempt: { runner } }) =>
      runner ? [[`#${runner.id} `, runner.description ?? '']] : [],
    ),
    both(
      'Waited',
      (side) => words(durationText(waitedOf(side))),
      durationMore(waitedOf(left), waitedOf(right)),
    ),
    both('Ran for', (side) => words(durationText(ranOf(side))), durationMore(ranOf(left), ranOf(right))),
    both('Begun by', ({ attempt }) => words(attempt.user?.name ?? '')),
    both(
      'Coverage',
      ({ attempt: { coverage } }) => words(coverage === null ? '' : `${coverage} %`),
      coverageMore(left.attempt.coverage, right.attempt.coverage),
    ),
    both('Set by hand', ({ variables }) => variablesOf(variables), '', true),
    both('Artifacts', ({ job }) => artifactsOf(job)),
  ];
  return facts.filter((fact) => fact.left.length > 0 || fact.right.length > 0);
}

const words = (text: string): Value => (text === '' ? [] : text.split('\n').map((line) => [line]));

const failureOf = ({ status, failure_reason, failure_message }: Attempt): Value =>
  status === 'failed'
    ? words([failureWords(failure_reason ?? 'unknown_failure'), failure_message].filter(Boolean).join('\n'))
    : [];

const waitedOf = ({ attempt }: Side) => attempt.queued_duration;
const ranOf = ({ attempt }: Side) => (attempt.started_at === null ? null : attempt.duration);

/** `+1m 05s`: how much longer the second took. */
function durationMore(first: number | null, second: number | null): string {
  if (first === null || second === null) return '';
  const more = Math.round(second) - Math.round(first);
  return more === 0 ? '' : `${more > 0 ? '+' : '−'}${durationText(Math.abs(more))}`;
}

function coverageMore(first: number | null, second: number | null): string {
  if (first === null || second === null || first === second) return '';
  const more = Math.round((second - first) * 100) / 100;
  return `${more > 0 ? '+' : '−'}${Math.abs(more)}`;
}

const variablesOf = (variables: readonly Variable[] | null): Value =>
  (variables ?? []).map(({ key, value }) => [`${key}=`, value]);

/** What the log itself takes is no file that the job has left. */
const INNER = new Set(['metadata', 'trace']);

const artifactsOf = (job: Job | undefined): Value =>
  (job?.artifacts ?? [])
    .filter(({ file_type }) => !INNER.has(file_type))
    .map(({ file_type, filename, size }) => [
      file_type === 'archive' ? filename : file_type,
      `, ${sizeText(size)}`,
    ]);
