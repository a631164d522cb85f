import { keys } from './keys.ts';
import type { paths } from './schema.ts';

/** What an event of docs/events.md says; every field that this page reads may be missing. */
export interface Told {
  id?: number;
  project_id?: number;
  pipeline_id?: number;
  resumed?: boolean;
  [field: string]: unknown;
}

type Parameters = paths['/api/v4/projects/{id}/events/stream']['get']['parameters']['query'];
/** The events that tell of a change. */
export type EventType = NonNullable<NonNullable<Parameters>['types']>[number];
/** The beginnings of the keys of replies. */
type Keys = readonly (readonly unknown[])[];

const ofPipeline = (fullPath: string, id: number | undefined): Keys =>
  id === undefined ? [] : [keys.pipeline(fullPath, id)];
const ofJob = (fullPath: string, { id, pipeline_id }: Told): Keys => [
  keys.jobs(fullPath),
  ...(id === undefined ? [] : [keys.job(fullPath, id)]),
  ...ofPipeline(fullPath, pipeline_id),
];
// The first push may bring another default branch.
const ofRefs = (fullPath: string): Keys => [keys.repository(fullPath), keys.project(fullPath, 'itself')];

/** What an event of a project's stream makes stale. */
const STALE: Record<EventType, (fullPath: string, told: Told) => Keys> = {
  pipeline: (fullPath, { id }) => [
    keys.pipelines(fullPath),
    keys.repository(fullPath, 'with-pipelines'),
    ...ofPipeline(fullPath, id),
  ],
  job: ofJob,
  bridge: ofJob,
  jobs: (fullPath, { pipeline_id }) => [
    keys.jobs(fullPath),
    ['project', fullPath, 'job'],
    ...ofPipeline(fullPath, pipeline_id),
  ],
  environment: (fullPath) => [keys.project(fullPath, 'environment')],
  deployment: (fullPath) => [keys.project(fullPath, 'deployment')],
  ref: ofRefs,
  refs: ofRefs,
  project: (fullPath) => [keys.project(fullPath), ['abilities', 'project', fullPath]],
  // Of those the stream of the server tells.
  group: () => [],
  runner: (fullPath) => [keys.anyRunners, keys.jobs(fullPath, 'queue')],
  variables: () => [['variables']],
};
export const TYPES = Object.keys(STALE) as EventType[];

/** Which replies an event makes stale; `fullPath` null: one of the stream of the whole server. */
export function staleBy(type: EventType, told: Told, fullPath: string | null): Keys {
  if (fullPath !== null) return STALE[type](fullPath, told);
  if (type === 'runner') return [keys.anyRunners];
  if (type === 'variables') return [['variables']];
  if (type === 'group') return [keys.groups(), keys.anyGroup];
  return [keys.projects(), keys.groups()];
}

/** The graphs that an event is about: one that is looked at is patched by it, any other is stale. */
export function graphsIn(type: EventType, { id, pipeline_id }: Told, fullPath: string | null): Keys {
  const pipeline = type === 'pipeline' ? id : pipeline_id;
  return fullPath === null || pipeline === undefined ? [] : [keys.graph(fullPath, pipeline)];
}
