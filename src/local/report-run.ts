import { relative } from 'node:path';
import type { PlannedJob } from '../ci/plan.ts';
import type { DraftResult } from '../pipelines/pipeline-draft.ts';
import { endText } from './log-words.ts';
import type { Results } from './keep-results.ts';
import { oneLine } from './plain-text.ts';
import { isFailure, titleOf, type WatchedJob } from './watched-job.ts';
import type { Outcome } from './watch-pipeline.ts';

/** Where the job is written, when, and after which: a line each, or as JSON. */
export function listText(jobs: readonly PlannedJob[], json: boolean): string {
  if (json) return `${JSON.stringify(jobs.map(listed), null, 2)}\n`;
  const rows = jobs.map((job) => {
    const { name, stage, when, needs, allow_failure } = listed(job);
    const after = `${(needs ?? []).join(', ')}${allow_failure ? ' (may fail)' : ''}`;
    return [name, stage, when, after].map(oneLine);
  });
  const all = [['JOB', 'STAGE', 'WHEN', 'NEEDS'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map(
      (row) => `${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd() + '\n',
    )
    .join('');
}

function listed({
  name,
  stage,
  when,
  allow_failure,
  scheduling_type,
  needs,
  image,
  environment,
  tag_list,
  trigger,
}: PlannedJob) {
  return {
    name,
    stage,
    when,
    allow_failure,
    needs: scheduling_type === 'dag' ? needs.map((need) => need.name) : null,
    image: image?.name ?? null,
    environment: environment?.name ?? null,
    tags: tag_list,
    trigger: trigger ? (trigger.project ?? 'child pipeline') : null,
  };
}

/** Why there is no pipeline, each reason with its place. */
export function refusalText({ problems }: DraftResult): string {
  return problems
    .map(({ message, file, line, column }) => `${file ? `${file}:${line}:${column}: ` : ''}${message}`)
    .join('\n');
}

/** Where jobs ran that their image was to run; null: none did. */
export function hostNotice(jobs: readonly PlannedJob[], because: string): string | null {
  const names = jobs
    .filter(({ image, services }) => image !== null || services.length > 0)
    .map(({ name }) => name);
  if (names.length === 0) return null;
  const some =
    names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  return `WARNING: image and services are ignored, since ${because}. Jobs run directly on this machine: ${some}`;
}

/** The end of a run, for a person. */
export function summaryText({ status, jobs }: Outcome, results: Results, here: string): string {
  const latest = jobs.filter(({ retried }) => !retried);
  const counts = [...Map.groupBy(latest, (job) => job.status)].map(
    ([each, { length }]) => `${length} ${each}`,
  );
  const lines = [
    `The pipeline ${status === 'success' ? 'succeeded' : `is ${status}`}: ${counts.join(', ')}.`,
  ];
  for (const job of latest.filter(isFailure)) {
    const { log } = results.of(job);
    lines.push(`  ${titleOf(job)} ${endText(job)}${log ? `, log in ${relative(here, log)}` : ''}`);
  }
  const withArtifacts = latest.map((job) => results.of(job).artifacts).filter((path) => path !== null);
  if (withArtifacts.length > 0)
    lines.push(`Artifacts are in ${withArtifacts.map((path) => relative(here, path)).join(', ')}.`);
  return `${lines.join('\n')}`;
}

/** The end of a run, for a program. */
export function outcomeJson({ status, jobs }: Outcome, results: Results, more: object): string {
  const listedJobs = jobs.map((job: WatchedJob) => {
    const { name, stage, above, allow_failure, duration, failure_reason, retried } = job;
    return {
      name,
      above,
      stage,
      status: job.status,
      allow_failure,
      duration,
      failure_reason,
      retried,
      ...results.of(job),
    };
  });
  return `${JSON.stringify({ status, ...more, jobs: listedJobs }, null, 2)}\n`;
}

/** Why there is no end to tell of, for a program. */
export const failureJson = (exit_code: number, message: string): string =>
  `${JSON.stringify({ status: null, exit_code, message, jobs: [] }, null, 2)}\n`;
