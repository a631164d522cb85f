import type { Insertable } from 'kysely';
import type { Runners } from '../db/rows/runners.ts';
import { badParameters, invalidRecord } from '../errors.ts';

export const RUNNER_TYPES = ['instance_type', 'group_type', 'project_type'] as const;
export type RunnerType = (typeof RUNNER_TYPES)[number];

export const ACCESS_LEVELS = ['not_protected', 'ref_protected'] as const;

/** What a person decides about a runner; what is absent stays, or takes its default. */
export interface RunnerAttributes {
  description?: string;
  maintenance_note?: string;
  /** The older name of the opposite of `paused`; only one of the two may be given. */
  active?: boolean;
  paused?: boolean;
  locked?: boolean;
  run_untagged?: boolean;
  access_level?: (typeof ACCESS_LEVELS)[number];
  /** Seconds. Null: as long as the project allows. */
  maximum_timeout?: number | null;
  tag_list?: string[];
}

type Columns = Pick<
  Insertable<Runners>,
  | 'description'
  | 'maintenance_note'
  | 'active'
  | 'locked'
  | 'run_untagged'
  | 'access_level'
  | 'maximum_timeout'
  | 'tag_list'
>;

/** Of one runner. */
export const TAGS = 50;
const TAG_LENGTH = 255;
const NOTE_LENGTH = 1024;
const DESCRIPTION_LENGTH = 1024;
const LEAST_TIMEOUT = 600;

/**
 * The given attributes as columns. `present` is what the runner has already.
 * @throws 400 with GitLab's words, by field
 */
export function runnerColumns(
  given: RunnerAttributes,
  present: { run_untagged: number; tag_list: string } = { run_untagged: 1, tag_list: '[]' },
): Partial<Columns> {
  if (given.active !== undefined && given.paused !== undefined)
    throw badParameters(['active, paused are mutually exclusive']);
  const columns: Partial<Columns> = {};
  if (given.description !== undefined) columns.description = given.description;
  if (given.maintenance_note !== undefined) columns.maintenance_note = given.maintenance_note;
  const active = given.paused === undefined ? given.active : !given.paused;
  if (active !== undefined) columns.active = active ? 1 : 0;
  if (given.locked !== undefined) columns.locked = given.locked ? 1 : 0;
  if (given.run_untagged !== undefined) columns.run_untagged = given.run_untagged ? 1 : 0;
  if (given.access_level !== undefined) columns.access_level = given.access_level;
  if (given.maximum_timeout !== undefined) columns.maximum_timeout = given.maximum_timeout;
  // Sorted and without repetition, so that equal lists are equal texts.
  if (given.tag_list !== undefined) columns.tag_list = JSON.stringify(tagsOf(given.tag_list));
  const problems = problemsOf({ ...present, ...columns });
  if (Object.keys(problems).length > 0) throw invalidRecord(problems);
  return columns;
}

/** Without the spaces around, with which no job would find them. */
const tagsOf = (given: readonly string[]) =>
  [...new Set(given.map((tag) => tag.trim()))].filter((tag) => tag !== '').toSorted();

function problemsOf(
  columns: Partial<Omit<Columns, 'run_untagged'>> & { run_untagged?: number },
): Record<string, string[]> {
  const problems: Record<string, string[]> = {};
  const tags = JSON.parse(columns.tag_list ?? '[]') as string[];
  if (tags.length === 0 && columns.run_untagged === 0)
    problems['tags_list'] = ['can not be empty when runner is not allowed to pick untagged jobs'];
  if (tags.length > TAGS)
    problems['tags_list'] = [`Too many tags specified. Please limit the number of tags to ${TAGS}`];
  if (tags.some((tag) => tag.length > TAG_LENGTH))
    problems['tags_list'] = [`tags are too long (maximum is ${TAG_LENGTH} characters)`];
  if ((columns.maintenance_note ?? '').length > NOTE_LENGTH)
    problems['maintenance_note'] = [`is too long (maximum is ${NOTE_LENGTH} characters)`];
  if ((columns.description ?? '').length > DESCRIPTION_LENGTH)
    problems['description'] = [`is too long (maximum is ${DESCRIPTION_LENGTH} characters)`];
  if (typeof columns.maximum_timeout === 'number' && columns.maximum_timeout < LEAST_TIMEOUT)
    problems['maximum_timeout'] = ['needs to be at least 10 minutes'];
  return problems;
}
