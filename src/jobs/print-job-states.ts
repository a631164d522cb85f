import { ACTIONS, type JobAction } from './job-actions.ts';
import { JOB_EVENTS, JOB_STATUSES, TIMESTAMPS, nextStatus } from './job-state.ts';

const ACTION_NAMES: JobAction[] = ['cancel', 'retry', 'play', 'erase'];

/** The page docs/generated/job-states.md: what job-state.ts and job-actions.ts say, for readers. */
export function printJobStates(): string {
  return [
    '# The states of a job',
    '',
    'Printed from `src/jobs/job-state.ts` and `src/jobs/job-actions.ts`; change those, not this page.',
    '',
    '## What happens',
    '',
    'A row is the status a job has, a column what happens, a cell the status that follows. An empty cell: it cannot happen.',
    '',
    ...table(
      ['', ...JOB_EVENTS],
      JOB_STATUSES.map((status) => [
        `**${status}**`,
        ...JOB_EVENTS.map((event) => nextStatus(status, event) ?? ''),
      ]),
    ),
    '',
    '## The time that a status sets',
    '',
    ...table(
      ['status', 'column'],
      JOB_STATUSES.flatMap((status) => {
        const column = TIMESTAMPS[status];
        return column === null ? [] : [[status, `\`${column}\``]];
      }),
    ),
    '',
    '## What may be asked',
    '',
    '`unchanged` is answered as done and changes nothing; `force` needs a forced cancel; `action_job` asks for a job that is',
    'manual or delayed by its configuration; `something_left` asks for a log or an artifact.',
    '',
    ...table(
      ['', ...ACTION_NAMES],
      JOB_STATUSES.map((status) => [
        `**${status}**`,
        ...ACTION_NAMES.map((action) => ACTIONS[status][action]),
      ]),
    ),
    '',
  ].join('\n');
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
