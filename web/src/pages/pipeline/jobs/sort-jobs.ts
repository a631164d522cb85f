import type { PipelineJob } from '../../../api/schema.ts';
import { compareNames } from '../graph/items.ts';
import { countedStatus } from '../summary.ts';

export const COLUMNS = ['status', 'name', 'stage', 'duration', 'queued', 'started'] as const;
export type Column = (typeof COLUMNS)[number];
export interface Sorting {
  column: Column;
  down: boolean;
}

/** As it stands in an address: `name`, or `-duration` for the longest first. */
export function sortingIn(text: string): Sorting {
  const column = COLUMNS.find((each) => each === text.replace(/^-/, '')) ?? 'stage';
  return { column, down: text.startsWith('-') };
}
export const sortingText = ({ column, down }: Sorting) => `${down ? '-' : ''}${column}`;

export interface Filter {
  /** Words of the name, stage, runner, environment or tags; all of them. */
  text: string;
  /** Empty: any. */
  status: string;
}

export function filterJobs(jobs: readonly PipelineJob[], { text, status }: Filter): PipelineJob[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return jobs.filter((job) => {
    if (status !== '' && countedStatus(job) !== status) return false;
    if (words.length === 0) return true;
    const { name, stage, runner, environment, tag_list } = job;
    const all = [name, stage, runner?.description, environment, ...tag_list].join('\n').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** By the column; of those that are alike, by stage, then by name. What has no value comes last either way. */
export function sortJobs(
  jobs: readonly PipelineJob[],
  stages: readonly string[],
  { column, down }: Sorting,
): PipelineJob[] {
  const place = new Map(stages.map((stage, index) => [stage, index]));
  const stageOf = ({ stage }: PipelineJob) => place.get(stage) ?? stages.length;
  const valueOf: Record<Column, (job: PipelineJob) => number | string | null> = {
    status: countedStatus,
    name: () => null,
    stage: stageOf,
    duration: ({ duration }) => duration,
    queued: ({ queued_duration }) => queued_duration,
    started: ({ started_at }) => (started_at === null ? null : Date.parse(started_at)),
  };
  const sign = down ? -1 : 1;
  const by = valueOf[column];
  return jobs.toSorted(
    (one, other) =>
      compareValues(by(one), by(other), sign) ||
      (column === 'name' ? sign * compareNames(one.name, other.name) : 0) ||
      stageOf(one) - stageOf(other) ||
      compareNames(one.name, other.name) ||
      one.id - other.id,
  );
}

function compareValues(one: number | string | null, other: number | string | null, sign: number): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  if (one === other) return 0;
  return one < other ? -sign : sign;
}
