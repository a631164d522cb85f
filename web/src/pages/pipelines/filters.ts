/** What the list of pipelines is narrowed by: names of the address's query, most of them the API's own. */
export const FILTERS = ['status', 'ref', 'source', 'username', 'scope', 'from', 'to'] as const;
export type Filters = Partial<Record<(typeof FILTERS)[number], string>>;

export const STATUSES = [
  'created',
  'waiting_for_resource',
  'preparing',
  'pending',
  'running',
  'success',
  'failed',
  'canceling',
  'canceled',
  'skipped',
  'manual',
  'scheduled',
] as const;

/** How a pipeline comes about, in words; those that this server makes. */
export const SOURCES = {
  push: 'Push',
  web: 'Run by hand',
  api: 'API',
  trigger: 'Trigger token',
  schedule: 'Schedule',
  pipeline: 'Other project',
  parent_pipeline: 'Parent pipeline',
  merge_request_event: 'Merge request',
  external: 'External',
} as const;
type Source = keyof typeof SOURCES;

export const sourceText = (source: string): string =>
  (SOURCES as Readonly<Record<string, string>>)[source] ?? source.replaceAll('_', ' ');

const SCOPES = ['running', 'pending', 'finished', 'branches', 'tags'] as const;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const known = <T extends string>(names: readonly T[], value: string | undefined): T | undefined =>
  names.find((name) => name === value);

/**
 * The query of the API for these filters. Days are the person's own: `from` its first moment, `to` its last. What an
 * address says that is no status, source, scope or day does not filter.
 */
export function queryOf({ status, scope, ref, source, username, from, to }: Filters) {
  return {
    ...given('status', known(STATUSES, status)),
    ...given('scope', known(SCOPES, scope)),
    ...given('ref', ref),
    ...given('source', known(Object.keys(SOURCES) as Source[], source)),
    ...given('username', username?.replace(/^@/, '')),
    ...given('created_after', dayStart(from)),
    ...given('created_before', dayStart(to, 1)),
  };
}

function given<K extends string, V>(name: K, value: V | undefined | ''): Partial<Record<K, V>> {
  return value === undefined || value === '' ? {} : ({ [name]: value } as Record<K, V>);
}

function dayStart(day: string | undefined, daysLater = 0): string | undefined {
  if (day === undefined || !DAY.test(day)) return undefined;
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const moment = new Date(year, month - 1, date + daysLater);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}

export const isFiltered = (filters: Filters): boolean => Object.keys(filters).length > 0;
