import { expect } from 'vitest';
import { type Followed, followEvents } from './followed-events.ts';
import type { RunnerHouse } from './runner-house.ts';

/** What a stream begins with: anew, or where it was. */
export const READY = { event: 'ready', data: { resumed: false } };
export const RESUMED = { event: 'ready', data: { resumed: true } };
export const reset = (reason: string) => ({ event: 'reset', data: { reason } });

/** A stream that has begun anew. */
export async function begin(followed: Followed): Promise<Followed> {
  expect(followed.status).toBe(200);
  expect(await followed.next()).toMatchObject(READY);
  return followed;
}

/** Streams of the house that all tests share. */
export function streamsOf(house: () => RunnerHouse) {
  return {
    followAll: (query = '', token = house().rootToken, since?: string) =>
      followEvents(house().url, token, `/events/stream${query}`, since),
    /** `project`: `/projects/7` */
    follow: (project: string, query = '', token = house().rootToken, since?: string) =>
      followEvents(house().url, token, `${project}/events/stream${query}`, since),
    /** An environment more, whose id is answered: the least that can happen in a project. */
    change: async (project: string, name: string): Promise<number> => {
      const reply = await house().api<{ id: number }>('POST', `${project}/environments`, { body: { name } });
      expect(reply.status).toBe(201);
      return reply.body.id;
    },
  };
}
