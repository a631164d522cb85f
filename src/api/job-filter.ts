import { Type } from 'typebox';
import { badParameters } from '../errors.ts';
import { dayGiven } from '../http/day.ts';
import { listOf, recordId } from '../http/parameters.ts';
import type { JobFilter } from '../jobs/job-filter-store.ts';
import { JOB_STATUSES, type JobStatus } from '../jobs/job-state.ts';

/** The statuses asked for, one or several. */
export const scopeParam = (hash: boolean) => Type.Optional(listOf(Type.Enum([...JOB_STATUSES]), { hash }));

/** What narrows a list of jobs besides its scope. GitLab has none of these. */
export const jobFilterParams = {
  name: Type.Optional(Type.String()),
  stage: Type.Optional(Type.String()),
  ref: Type.Optional(Type.String()),
  runner_id: Type.Optional(recordId()),
  tag: Type.Optional(Type.Boolean({ description: 'Whether the job ran for a tag' })),
  failure_reason: Type.Optional(Type.String()),
  user: Type.Optional(Type.String({ description: 'The number or the username of who started it' })),
  created_after: Type.Optional(Type.String({ description: 'ISO 8601' })),
  created_before: Type.Optional(Type.String({ description: 'ISO 8601' })),
};

interface Given {
  scope?: JobStatus[];
  name?: string;
  stage?: string;
  ref?: string;
  runner_id?: number;
  tag?: boolean;
  failure_reason?: string;
  user?: string;
  created_after?: string;
  created_before?: string;
}

/** The filter that the parameters mean. @throws 400 for a moment that is none */
export function jobFilter(given: Given): JobFilter {
  const { scope, user, created_after, created_before, ...same } = given;
  const { name, stage, ref, runner_id, tag, failure_reason } = same;
  return {
    ...definedOf({ name, stage, ref, runner_id, tag, failure_reason }),
    ...(scope ? { statuses: scope } : {}),
    ...(user === undefined ? {} : /^\d{1,15}$/.test(user) ? { user_id: Number(user) } : { username: user }),
    ...definedOf({
      created_after: momentOf('created_after', created_after),
      created_before: momentOf('created_before', created_before),
    }),
  };
}

/** The time of day, and how far it is from UTC: a `+` that a query did not encode arrives as a space. */
const TIME = /^(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)(Z|[+ -]\d{2}(?::?\d{2})?)?)?$/i;

/** Milliseconds of an ISO 8601 date or moment, UTC unless it says otherwise. @throws 400 for none */
export function momentOf(name: string, text: string | undefined): number | undefined {
  const day = dayGiven(name, text);
  if (day === null || text === undefined) return undefined;
  const [whole, time = '00:00', offset = 'Z'] = TIME.exec(text.slice(day.length)) ?? [];
  const zone = offset
    .replace(' ', '+')
    .replace(/^([+-]\d{2}):?(\d{2})?$/, (_, hours, minutes) => [hours, minutes ?? '00'].join(':'));
  const moment = Date.parse(`${day}T${time.replace(',', '.')}${zone.toUpperCase()}`);
  if (whole === undefined || Number.isNaN(moment)) throw badParameters([`${name} is invalid`]);
  return moment;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function definedOf<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
