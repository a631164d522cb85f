import { keys } from './keys.ts';

/** What an event of docs/events.md says; every field that this page reads may be missing. */
export interface Told {
  id?: number;
  project_id?: number;
  pipeline_id?: number;
  resumed?: boolean;
  [field: string]: unknown;
}

/** The events that tell of a change. */
export const TYPES = [
  'pipeline',
  'job',
  'bridge',
  'jobs',
  'environment',
  'deployment',
  'ref',
  'refs',
  'project',
  'runner',
  'variables',
];

/** Which replies an event makes stale, by the beginnings of their keys. */
export function staleBy(type: string, told: Told, fullPath: string | null): readonly (readonly unknown[])[] {
  if (type === 'runner') return [['runners'], ...(fullPath === null ? [] : [keys.jobs(fullPath, 'queue')])];
  if (type === 'variables') return [['variables']];
  if (fullPath === null) return [keys.projects(), keys.groups()];
  switch (type) {
    case 'pipeline':
      return [
        keys.pipelines(fullPath),
        keys.repository(fullPath, 'with-pipelines'),
        ...(told.id === undefined ? [] : [keys.pipeline(fullPath, told.id)]),
      ];
    case 'job':
    case 'bridge':
      return [
        keys.jobs(fullPath),
        ...(told.id === undefined ? [] : [keys.job(fullPath, told.id)]),
        ...(told.pipeline_id === undefined ? [] : [keys.pipeline(fullPath, told.pipeline_id)]),
      ];
    case 'jobs':
      return [
        keys.jobs(fullPath),
        ['project', fullPath, 'job'],
        ...(told.pipeline_id === undefined ? [] : [keys.pipeline(fullPath, told.pipeline_id)]),
      ];
    case 'ref':
    case 'refs':
      // The first push may bring another default branch.
      return [keys.repository(fullPath), keys.project(fullPath, 'itself')];
    case 'project':
      return [keys.project(fullPath), ['abilities', 'project', fullPath]];
    default:
      return [keys.project(fullPath, type)];
  }
}
