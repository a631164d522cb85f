import { expect } from 'vitest';
import { type Followed, type FollowedEvent, followEvents } from './followed-events.ts';
import type { JobScene } from './job-scenes.ts';
import type { RunnerHouse } from './runner-house.ts';

/** The bytes of a piece of a log. */
export const bytesOf = ({ data }: FollowedEvent) => Buffer.from(String(data['bytes']), 'base64');

/** Ends the job, of which this is the whole log. */
export const finish = async ({ runner, payload }: JobScene, log: string | Buffer) =>
  expect((await runner.finish(payload!, 'success', log)).status).toBe(200);

/** What comes of a job's log, whatever else is told. */
export const ofLog = (stream: Followed) => stream.find(({ event }) => event.startsWith('trace'));

/** An event that brings this text of the log. */
export const piece = (job_id: number, offset: number, text: string) => ({
  event: 'trace',
  data: { job_id, offset, bytes: Buffer.from(text).toString('base64') },
});

/** Streams of a project that bring the log of one of its jobs along. */
export function logStreamsOf(house: () => RunnerHouse) {
  return {
    follow: ({ project, id }: JobScene, more = '', since?: string, token = house().rootToken) =>
      followEvents(house().url, token, `${project}/events/stream?job_id=${id}${more}`, since),
    /** An environment more, whose id is answered: the least that can happen in a project. */
    change: async ({ project }: JobScene, name: string) => {
      const body = { name };
      return (await house().api<{ id: number }>('POST', `${project}/environments`, { body })).body.id;
    },
  };
}
