import type { RunnerPlaces } from './change.ts';

/** What the streams tell of, by the name that an event has there (docs/events.md). */
export const EVENT_TYPES = [
  'pipeline',
  'job',
  'bridge',
  'jobs',
  'environment',
  'deployment',
  'ref',
  'refs',
  'project',
  'group',
  'runner',
  'variables',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Something that has changed, as it is told. */
export interface Event {
  type: EventType;
  /** Where it belongs, by which it is known who may hear of it. */
  subject: EventSubject;
  /** JSON on one line. */
  data: string;
}

export type EventSubject =
  | { of: 'project'; id: number }
  | { of: 'group'; id: number }
  /** `left`: where it belonged and does not any more; `deleted`: because it is gone. */
  | { of: 'runner'; id: number; left: RunnerPlaces | null; deleted: boolean }
  | { of: 'server' };
