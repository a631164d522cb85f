import { Type } from 'typebox';
import { apiError, badParameters } from '../errors.ts';
import { commaList } from '../http/parameters.ts';
import { RUNNER_TYPES, type RunnerType, TAGS } from '../runners/runner-attributes.ts';
import { type RunnerFilter, STATUS_FILTERS } from '../runners/runner-list-store.ts';

type Status = (typeof STATUS_FILTERS)[number];
type Scope = Status | RunnerType | 'shared' | 'specific';

/** The filters of every list of runners; `scope` is the older way to say type or status. */
const runnerFilterParams = {
  type: Type.Optional(Type.Enum([...RUNNER_TYPES])),
  status: Type.Optional(Type.Enum([...STATUS_FILTERS])),
  paused: Type.Optional(Type.Boolean()),
  tag_list: Type.Optional(commaList()),
  version_prefix: Type.Optional(Type.String()),
  search: Type.Optional(Type.String({ description: 'Stands in the description or the name' })),
};

/** All that every list of runners takes. */
export const runnerListParams = {
  ...runnerFilterParams,
  with_running_jobs: Type.Boolean({ default: false, description: 'And what each is, and does now' }),
};

export const runnerScopeParam = {
  scope: Type.Optional(Type.Enum(['specific', 'shared', ...RUNNER_TYPES, ...STATUS_FILTERS])),
};

interface Given {
  type?: RunnerType;
  status?: Status;
  paused?: boolean;
  tag_list?: string[];
  version_prefix?: string;
  search?: string;
  scope?: Scope;
}

/**
 * What the parameters ask for.
 * @throws 400 for a version that does not begin with a digit, and for more tags than a runner may have
 */
export function runnerFilter(given: Given): RunnerFilter {
  const { type, status, paused, scope, tag_list, version_prefix, search } = given;
  if (version_prefix !== undefined && !/^[\d+.]+/.test(version_prefix))
    throw apiError('plain', 'version_prefix is invalid');
  if (tag_list && new Set(tag_list).size > TAGS)
    throw badParameters([`tag_list has too many values (maximum is ${TAGS})`]);
  const statuses: Status[] = [];
  if (status) statuses.push(status);
  if (paused !== undefined) statuses.push(paused ? 'paused' : 'active');
  const inScope = typesOf(scope);
  if (scope && !inScope) statuses.push(scope as Status);
  const types = RUNNER_TYPES.filter((each) => !type || each === type).filter(
    (each) => !inScope || inScope.includes(each),
  );
  return {
    statuses,
    ...(types.length < RUNNER_TYPES.length ? { runner_types: types } : {}),
    ...(tag_list ? { tag_list: [...new Set(tag_list)] } : {}),
    ...(version_prefix === undefined ? {} : { version_prefix }),
    ...(search ? { search } : {}),
  };
}

/** Whether a scope is one of status, as the list of one's own runners takes it. */
export const isStatusScope = (scope: Scope | undefined) => scope === undefined || !typesOf(scope);

function typesOf(scope: Scope | undefined): RunnerType[] | null {
  if (scope === 'shared') return ['instance_type'];
  if (scope === 'specific') return ['group_type', 'project_type'];
  return RUNNER_TYPES.some((type) => type === scope) ? [scope as RunnerType] : null;
}
