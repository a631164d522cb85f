import { expect } from 'vitest';
import { addWork } from '../../src/work/work-store.ts';
import { type CiProject, ciProject, ONE_JOB } from './ci-project.ts';
import { addPerson, type Person } from './people.ts';
import type { RunnerHouse } from './runner-house.ts';

export const HOUR = 3_600_000;

export interface Schedule {
  id: number;
  description: string;
  ref: string;
  cron: string;
  next_run_at: string;
  active: boolean;
  priority: number | null;
  last_run_error: string | null;
  owner: { username: string } | null;
  inputs: { name: string; value: unknown }[];
  last_pipeline?: { id: number; source: string; status: string } | null;
  variables?: { key: string; value: string; variable_type: string }[];
}

export interface SchedulePipeline {
  id: number;
  source: string;
  ref: string;
}

/** A project of root's with a configuration, and how to schedule in it. */
export async function moveIn(house: RunnerHouse, config: string | null = ONE_JOB) {
  const project = await ciProject(house);
  if (config !== null) await project.commit(config);
  return schedulesOf(house, project);
}

/** How to schedule in a project that is there. */
export function schedulesOf({ api }: RunnerHouse, project: CiProject) {
  const base = `${project.at}/pipeline_schedules`;
  const ask = <T>(method: string, path: string, body?: object, token?: string) =>
    api<T>(method, base + path, { ...(body && { body }), ...(token === undefined ? {} : { token }) });
  return {
    project,
    ask,
    schedule: async (given: object = {}, token?: string): Promise<Schedule> => {
      const body = { description: 'Nightly', ref: 'main', cron: '0 4 * * *', ...given };
      const reply = await ask<Schedule>('POST', '', body, token);
      expect(reply).toMatchObject({ status: 201 });
      return reply.body;
    },
    get: async (id: number) => (await ask<Schedule>('GET', `/${id}`)).body,
    pipelines: async (id: number) => (await ask<SchedulePipeline[]>('GET', `/${id}/pipelines`)).body,
    /** A member of this level. */
    member: async (access_level: number): Promise<Person> => {
      const person = await addPerson(api, 'member');
      const body = { user_id: person.id, access_level };
      expect((await api('POST', `${project.at}/members`, { body })).status).toBe(201);
      return person;
    },
  };
}

/** As the API writes it. */
export const iso = (time: number) => new Date(time).toISOString();

/** Moves the clock to that moment, and has the worker look at it. */
export async function moveTo(house: RunnerHouse, moment: string | number): Promise<void> {
  house.ahead += new Date(moment).getTime() - house.parts.clock();
  await house.parts.db.write((tx) => addWork(tx, { kind: 'of nobody', key: 'wake', due_at: 0 }));
}

/** So many hours after the present hour of the server's clock. */
export const hourOf = (house: RunnerHouse, later: number) =>
  (Math.floor(house.parts.clock() / HOUR) + later) * HOUR;
